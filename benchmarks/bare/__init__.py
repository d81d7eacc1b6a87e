"""What the mock is compared with: the same job, or none, on bare uvicorn, uvloop and httptools."""
