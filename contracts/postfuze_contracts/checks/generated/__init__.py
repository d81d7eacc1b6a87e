"""Generated checks: Schemathesis makes requests from openapi.yaml; our own code judges the responses.

Requests go through the target like those of any other check, so that its guard, pace, budget and ledger hold. Requests
that could change something are aimed at what does not exist.
"""
