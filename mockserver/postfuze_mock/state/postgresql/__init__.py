"""The engine "postgresql", on psycopg 3: a pool of connections, and a thread for each."""
