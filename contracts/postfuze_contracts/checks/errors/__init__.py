"""Errors: problem documents, and bad input of all kinds."""
