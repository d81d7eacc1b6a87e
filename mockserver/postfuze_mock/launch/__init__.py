"""Starts a mock for the program that uses it. Standard library only, because it runs in the user's own environment."""
