"""The mock beside other mocks of the same specification: run by `make bench-peers`."""
