"""Judges lists of accounts: pages, walks, order, cursors and filters."""
