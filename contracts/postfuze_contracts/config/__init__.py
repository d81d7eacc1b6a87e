"""The configuration of a run, from flags, environment and contracts.toml. The first source that sets a value counts.

A string in the file or the environment may be `env:NAME` or `file:PATH` (relative to the file's folder), which the
value is read from. A ConfigError names the source, the problem and the most similar valid name.
"""

from postfuze_contracts.config.precedence import read
from postfuze_contracts.config.settings import FILE_NAME
from postfuze_contracts.config.sources import ConfigError

__all__ = ["FILE_NAME", "ConfigError", "read"]
