"""The pages for browsers: the reference, the console and the consent screen, and their common headers."""
