"""Checking the health of accounts, each check held against what list and get show around it.

Whether a platform can be probed is not documented: what a platform's accounts show is held against each other.
"""
