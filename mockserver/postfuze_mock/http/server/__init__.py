"""What lies between uvicorn and the application: its protocol, and the lifespan."""
