"""The deployment under test: what may be sent to it, how, and what the run changed there."""
