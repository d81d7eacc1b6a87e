"""Generated checks: Schemathesis makes requests from openapi.yaml, our own judging says what their answers break.

Requests go through the target like those of any other check, so that its guard, pace, budget and ledger hold. What
would delete, finalize or probe is only ever aimed at what does not exist.
"""
