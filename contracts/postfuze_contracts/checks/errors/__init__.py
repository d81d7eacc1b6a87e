"""Judges errors: problem documents, and the responses to bad input."""
