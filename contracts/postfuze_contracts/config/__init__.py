"""How a run is configured: flags, then POSTFUZE_* variables, then contracts.toml; the first that says something counts.

A text in the file or the environment may be `env:NAME` or `file:PATH` (from the file's folder): what is found there
counts in its place. Whatever is wrong is one ConfigError: the place, what was wrong there, the nearest right name.
"""

from postfuze_contracts.config.precedence import FILE_NAME, Asked, read
from postfuze_contracts.config.problems import ConfigError
from postfuze_contracts.config.statements import chosen

__all__ = ["FILE_NAME", "Asked", "ConfigError", "chosen", "read"]
