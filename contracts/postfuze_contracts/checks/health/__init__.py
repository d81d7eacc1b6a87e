"""Judges health checks of accounts by what list and get show before and after.

Whether a platform can be probed is not documented: what a platform's accounts show is held against each other.
"""
