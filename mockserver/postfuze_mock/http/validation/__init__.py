"""Checks requests against their operations: media types, parameters, body. Compiled once per operation."""
