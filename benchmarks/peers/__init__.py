"""What the mock is measured against: the same job, or none, on the same uvicorn, uvloop and httptools."""
