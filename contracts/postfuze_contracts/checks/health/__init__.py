"""Judges health checks of accounts by what list and get show before and after.

Which platforms can be probed is not documented, so the accounts of a platform are compared with each other.
"""
