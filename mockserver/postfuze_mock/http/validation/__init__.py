"""Is the request what its operation declares? Media types, parameters and body, bent to the assumptions."""
