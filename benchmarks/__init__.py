"""How fast the mock is, beside what could be had at best from the same event loop: run by `make bench`."""
