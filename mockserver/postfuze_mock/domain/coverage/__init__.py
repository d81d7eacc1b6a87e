"""What a test suite can meet of the API, what it has met, and how to meet the rest."""
