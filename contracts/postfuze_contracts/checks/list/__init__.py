"""Listing accounts: pages, walks, order, cursors and filters."""
