"""Saving and restoring: one world as a document, all worlds of a server in a file."""
