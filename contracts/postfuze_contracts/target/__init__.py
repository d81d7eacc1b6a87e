"""The deployment under test: the calls to it, which of them are allowed, and what the run changed there."""
