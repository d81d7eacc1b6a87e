"""The contract harness: a verdict on every documented statement of openapi.yaml, for any deployment."""
