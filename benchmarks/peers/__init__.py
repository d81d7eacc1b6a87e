"""What the mock is compared with: the same job, or none, on the same uvicorn, uvloop and httptools."""
