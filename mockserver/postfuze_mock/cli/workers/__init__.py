"""`serve --workers N`: several processes that serve the same ports, and their supervisor."""
