"""How fast the mock is, compared with the best that the same event loop allows: run by `make bench`."""
