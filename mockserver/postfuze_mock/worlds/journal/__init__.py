"""A world's recent requests."""
