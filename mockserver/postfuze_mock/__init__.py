"""A stateful, deterministic, offline Postfuze, driven by openapi.yaml."""

from typing import Final

__version__: Final = "0.1.0"
