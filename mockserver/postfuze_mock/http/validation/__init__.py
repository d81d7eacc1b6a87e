"""Is a request what its operation declares: media types, parameters, body? Compiled once per operation."""
