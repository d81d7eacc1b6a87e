"""Between uvicorn and the application: the HTTP protocol and the lifespan."""
