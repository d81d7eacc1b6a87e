"""A world's accounts: read, searched, edited, probed, measured."""
