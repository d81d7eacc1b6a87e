"""A value as it was given, and the place that gave it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from postfuze_contracts.config import casts
from postfuze_contracts.config.problems import ConfigError, hint

T = TypeVar("T")

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*|[a-z_][a-z0-9_]*")
_LOOKS_LIKE_A_KEY = re.compile(r"sk_|whsec_", re.IGNORECASE)


@dataclass(frozen=True)
class Given:
    """A value and where it stood; `shown` says whether a message may repeat it. `env:` and `file:` are looked up in
    `environ` and from `folder`."""

    value: Any = field(repr=False)
    place: str
    environ: Mapping[str, str] = field(repr=False)
    folder: Path
    shown: bool = True

    def as_(self, cast: Callable[[Any], T]) -> T:
        """The value, looked up where it says so, and cast. Raises ConfigError."""
        value = [self._found(each) for each in self.value] if isinstance(self.value, list) else self._found(self.value)
        try:
            return cast(value)
        except ValueError as error:
            shown = f"; it is {str(value)[:80]!r}" if self.shown else ""
            raise ConfigError(f"{self.place} {error}{shown}") from None

    def pem(self) -> str:
        """The certificates in the file of this name, or in the value itself where it is a PEM text."""
        name: str = self.as_(casts.text)
        text = name if "-----BEGIN" in name else self._contents(name, errors="replace")
        try:
            return casts.certificates(text)
        except ValueError as error:
            file = "" if text is name else f": {name}"
            raise ConfigError(f"{self.place}{file} {error}") from None

    def _found(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith("env:"):
            return variable(value.removeprefix("env:").strip(), self.place, self.environ)
        if isinstance(value, str) and value.startswith("file:"):
            return self._contents(value.removeprefix("file:").strip())
        return value

    def _contents(self, name: str, errors: str = "strict") -> str:
        path = self.folder / Path(name).expanduser()
        try:
            return path.read_text(encoding="utf-8", errors=errors).strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
            raise ConfigError(f"{self.place}: cannot read the file {name}: {reason}") from None


def variable(name: str, place: str, environ: Mapping[str, str]) -> str:
    """What the environment has by this name. Raises ConfigError where it has nothing, and does not repeat a `name` that
    may be the secret itself."""
    if found := environ.get(name, "").strip():
        return found
    if not _VARIABLE.fullmatch(name) or _LOOKS_LIKE_A_KEY.match(name):
        raise ConfigError(
            f"{place} takes the name of an environment variable, such as POSTFUZE_KEY, not the key itself"
        )
    state = "is empty" if name in environ else "is not set"
    near = "" if name in environ else hint(name, [each for each in environ if each.startswith("POSTFUZE_")])
    raise ConfigError(f"{place}: the environment variable {name} {state}{near}")
