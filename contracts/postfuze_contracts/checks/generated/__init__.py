"""Generated checks: Schemathesis generates requests from openapi.yaml, and our own code judges the responses.

Like any other check, they call through the target, with its guard, rate, budget and ledger. Requests that could change
something are for ids that do not exist.
"""
