"""Finds or makes the world of a key, and joins its rules and its store."""
