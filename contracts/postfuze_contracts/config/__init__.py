"""The configuration of a run: flags, then the environment, then contracts.toml. The first that sets a value counts.

A string in the file or the environment may be `env:NAME` or `file:PATH` (relative to the file's folder): the value is
read from there. Anything wrong is one ConfigError: the source, what is wrong there, the nearest right name.
"""

from postfuze_contracts.config.precedence import Configuration, read
from postfuze_contracts.config.settings import FILE_NAME
from postfuze_contracts.config.sources import ConfigError

__all__ = ["FILE_NAME", "ConfigError", "Configuration", "read"]
