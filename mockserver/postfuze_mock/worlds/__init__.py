"""The worlds: found by key or built on first use; each applies the rules of the domain to its store."""
