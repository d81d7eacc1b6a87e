"""A stateful, deterministic, offline Postfuze, driven by openapi.yaml."""

__version__ = "0.1.0"
