"""Judges disconnecting accounts: the account itself, and that nothing else changes."""
