"""The values of settings, from what a flag, a variable or a file says. Each function raises ValueError, with the end of
a sentence, for an invalid value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from postfuze_mock import state_url

LogFormat = Literal["text", "json"]
StateFileSync = Literal["interval", "always"]
Control = bool | Literal["open"]

MAX_SEED: Final = 9_007_199_254_740_991  # as in the schemas of states and world files
MAX_WORKERS: Final = 64
_MAX_PATH: Final = 4096
_WHOLE_NUMBER: Final = re.compile(r"-?[0-9]{1,100}")
# RFC 6454, section 6.2, without the port that the scheme implies.
_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://([a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
_PORT_OF_SCHEME: Final = {"http": ":80", "https": ":443"}


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string")  # noqa: TRY004 - one kind of error for all invalid settings
    return value


def whole_number(value: Any) -> int:
    """`value` as an integer; ValueError otherwise."""
    if isinstance(value, bool) or not _WHOLE_NUMBER.fullmatch(str(value).strip()):
        raise ValueError("must be a whole number")
    return int(value)


def seed(value: Any) -> int:
    """`value` as a seed, which every JSON parser reads as it is; ValueError otherwise."""
    number = whole_number(value)
    if abs(number) > MAX_SEED:
        raise ValueError(f"must be from -{MAX_SEED} to {MAX_SEED}")
    return number


def positive_number(value: Any) -> int:
    """`value` as an integer of at least 1; ValueError otherwise."""
    number = whole_number(value)
    if number < 1:
        raise ValueError("must be 1 or more")
    return number


def workers(value: Any) -> int:
    """`value` as a number of processes; ValueError otherwise."""
    number = whole_number(value)
    if not 1 <= number <= MAX_WORKERS:
        raise ValueError(f"must be a number of processes from 1 to {MAX_WORKERS}")
    return number


def state(value: Any) -> str:
    """`value` as a place for the state, which `state_url.parse` understands; ValueError otherwise."""
    state_url.parse(text(value))
    return str(value)


def seconds(value: Any) -> float:
    """`value` as a number of seconds; ValueError otherwise."""
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", str(value), re.ASCII):
        raise ValueError("must be a number of seconds, such as 30 or 0.5; 0 is no limit")
    return float(value)


def port(value: Any) -> int:
    """`value` as a TCP port; ValueError otherwise."""
    number = whole_number(value)
    if not 0 <= number <= 65535:
        raise ValueError("must be a port from 0 to 65535")
    return number


def host(value: Any) -> str:
    """`value` as a host name or an address; ValueError otherwise."""
    name = text(value)
    if not 0 < len(name) <= 255 or re.search(r"[^0-9A-Za-z._:%-]|\.\.|^\.", name):
        raise ValueError("must be a host name or an IP address")
    return name


def file(value: Any) -> str:
    """`value` as the path of a file; ValueError otherwise."""
    path = text(value)
    if "\0" in path or len(path) > _MAX_PATH:
        raise ValueError(f"must be a path of at most {_MAX_PATH} characters, none of them NUL")
    return path


def switch(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    try:
        return words[str(value).lower()]
    except KeyError:
        raise ValueError("must be true or false") from None


def control(value: Any) -> Control:
    """`value` as a choice of who may use the control API; ValueError otherwise."""
    if value == "open":
        return "open"
    try:
        return switch(value)
    except ValueError:
        raise ValueError("must be true, false or open") from None


def texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(text(each) for each in value)
    return tuple(part.strip() for part in text(value).split(",") if part.strip())


def origins(value: Any) -> tuple[str, ...]:
    """Web origins as browsers write them; `*` stays, `none` becomes an empty tuple."""
    origins = tuple(each.lower() for each in texts(value))
    if origins in (("*",), ("none",)):
        return tuple(each for each in origins if each == "*")
    if not origins or not all(_ORIGIN.fullmatch(each) for each in origins):
        raise ValueError("must be scheme://host[:port] as in http://localhost:3000, or just * or none")
    return tuple(each.removesuffix(_PORT_OF_SCHEME.get(each.partition(":")[0], "")) for each in origins)


def token(value: Any) -> str:
    if not re.fullmatch(r"[!-~]+", text(value)):
        raise ValueError("must not be empty, and have only visible ASCII characters, because it is sent as a header")
    return str(value)


def one_of(words: tuple[str, ...]) -> Callable[[Any], Any]:
    def cast_one(value: Any) -> Any:
        if value not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return value

    return cast_one


def assumptions(value: Any) -> dict[str, str]:
    """A mapping from `ID=ALTERNATIVE,…`, a list of these, or a TOML table."""
    if isinstance(value, Mapping):
        return {str(id): str(alternative) for id, alternative in value.items()}
    pairs = [part.partition("=") for each in texts(value) for part in texts(each)]
    if not all(id and alternative for id, _, alternative in pairs):
        raise ValueError("must be ID=ALTERNATIVE, or several of these with commas between them")
    return {id: alternative for id, _, alternative in pairs}
