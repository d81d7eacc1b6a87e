"""Casts of configured values to those that a run uses. They raise ValueError that says what would be valid."""

from __future__ import annotations

import math
import re
import ssl
from collections.abc import Callable, Iterable
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from postfuze_contracts.model.options import PROFILES, Access
from postfuze_mock import spec

_CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_FLAGS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def nearest(wrong: str, names: Iterable[str], cutoff: float = 0.5) -> str | None:
    """The most similar of `names`; None if none is similar, from `cutoff` on (1: equal)."""
    return next(iter(get_close_matches(wrong, list(names), n=1, cutoff=cutoff)), None)


def did_you_mean(wrong: str, names: Iterable[str]) -> str:
    """`; did you mean X?` with the most similar of `names`; empty if none is similar."""
    name = nearest(wrong, names)
    return f"; did you mean {name}?" if name else ""


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string")  # noqa: TRY004 - one type of error for all bad values
    if not value.strip():
        raise ValueError("must not be empty")
    return value.strip()


def token(value: Any) -> str:
    """A string that is valid in a header and in a path."""
    stripped = text(value)
    if not all("!" <= character <= "~" for character in stripped):
        raise ValueError("must be printable ASCII without spaces")
    return stripped


def tokens(value: Any) -> tuple[str, ...]:
    """A list of tokens, or a string with spaces, commas or line ends between them."""
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    if not isinstance(value, list):
        raise ValueError("must be a list of strings")  # noqa: TRY004 - as above
    return tuple(token(each) for each in value)


def flag(value: Any) -> bool:
    boolean = value if isinstance(value, bool) else _FLAGS.get(str(value).strip().lower())
    if boolean is None:
        raise ValueError("must be true or false")
    return boolean


def whole(value: Any) -> int:
    if isinstance(value, bool) or not str(value).strip().removeprefix("-").isdecimal():
        raise ValueError("must be a whole number")
    return int(value)


def count(value: Any) -> int:
    number = whole(value)
    if number < 1:
        raise ValueError("must be 1 or more")
    return number


def amount(value: Any) -> float:
    """A positive number."""
    number = _number(value)
    if not number > 0:
        raise ValueError("must be a number above 0")
    return number


def duration(value: Any) -> float:
    """Seconds, possibly 0."""
    number = _number(value)
    if not number >= 0:
        raise ValueError("must be a number of seconds, 0 or more")
    return number


def _number(value: Any) -> float:
    """A finite number, or NaN."""
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return math.nan
    return number if math.isfinite(number) else math.nan


def one_of(names: Iterable[str]) -> Callable[[Any], str]:
    """The cast to one of `names`."""
    allowed = tuple(names)

    def cast(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}{did_you_mean(str(value), allowed)}")
        return str(value)

    return cast


access = one_of(each.name.lower() for each in Access)
profile = one_of(PROFILES)


def day(value: Any) -> date:
    """A TOML date, or the same as a string."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(text(value))
    except ValueError:
        raise ValueError("must be a date such as 2027-01-31") from None


def url(value: Any) -> str:
    """The base of all paths of the spec, without a slash at its end."""
    return _base(value, "https://api.example.com/api/v1")


def site(value: Any) -> str:
    """The root of a published reference, without a slash at its end."""
    return _base(value, "https://docs.example.com/postfuze")


def _base(value: Any, example: str) -> str:
    stripped = text(value)
    try:
        parts = urlsplit(stripped)
        valid_port = parts.port != 0
    except ValueError:
        raise ValueError("is not a valid URL") from None
    if parts.scheme not in ("http", "https"):
        scheme = "://" in stripped or ":/" in stripped
        near = "" if scheme else f"; did you mean https://{stripped.partition('@')[2] or stripped}?"
        raise ValueError(f"must begin with http:// or https://{near}")
    if not parts.hostname or not valid_port or any(character <= " " for character in stripped):
        raise ValueError(f"must be a URL such as {example}")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("must not contain a user, password, query or fragment")
    return stripped.rstrip("/")


def proxy(value: Any) -> str:
    """The URL of a proxy, possibly with a user and a password. No message repeats it."""
    import httpx  # here, because `list` and `explain` need no HTTP client

    stripped = text(value)
    try:
        parts = urlsplit(stripped)
        valid_port = parts.port != 0
        httpx.Proxy(stripped)
    except (ValueError, httpx.InvalidURL):
        raise ValueError("must be a URL such as http://proxy.example.com:3128") from None
    if parts.scheme not in ("http", "https"):
        raise ValueError("must begin with http:// or https://")
    if not parts.hostname or not valid_port or any(character <= " " for character in stripped):
        raise ValueError("must be a URL such as http://proxy.example.com:3128")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("must not contain a path, query or fragment")
    return stripped


def certificates(value: str) -> str:
    """The certificates of a PEM text, without its other content."""
    pem = "\n".join(_CERTIFICATE.findall(value))
    if not pem:
        raise ValueError("has no certificate in PEM form (-----BEGIN CERTIFICATE-----)")
    try:
        ssl.create_default_context(cadata=pem)
    except ssl.SSLError:
        raise ValueError("has an invalid certificate") from None
    return pem


def observable() -> tuple[str, ...]:
    """The ids of all statements that a run can judge, in the order of openapi.yaml."""
    return tuple(statement.id for statement in spec.statements() if statement.observable)


def statement(value: Any) -> str:
    """The id of a statement that a run can judge."""
    id = text(value)
    if id in observable():
        return id
    if any(each.id == id for each in spec.statements()):
        raise ValueError("names a statement that HTTP alone cannot show, so no run judges it")
    raise ValueError(f"names no statement{did_you_mean(id, observable())}")


def choice(assumption: str, value: Any) -> str:
    """The id of our choice or of an alternative of this assumption. A number stands for its digits."""
    choices = next((each.choices for each in spec.assumptions() if each.id == assumption), None)
    if choices is None:
        raise ValueError(f"names no assumption{did_you_mean(assumption, assumptions())}")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"must be one of {', '.join(choices)}")  # noqa: TRY004 - one type of error for all bad values
    if str(value) not in choices:
        raise ValueError(f"must be one of {', '.join(choices)}{did_you_mean(str(value), choices)}")
    return str(value)


def assumptions() -> tuple[str, ...]:
    """The ids of all assumptions, in the order of openapi.yaml."""
    return tuple(assumption.id for assumption in spec.assumptions())


def statements(value: Any) -> tuple[str, ...]:
    """The ids in a list `ID,…`, where a prefix selects all ids that begin with it."""
    names = [part.strip() for part in str(value).split(",") if part.strip()]
    if not names:
        raise ValueError("names no statement; `postfuze-contracts list` shows them")
    return tuple(dict.fromkeys(id for name in names for id in _matches(name)))


def _matches(name: str) -> list[str]:
    ids = (*observable(), *assumptions())
    matches = [name] if name in ids else [id for id in ids if id.startswith(name)]
    if not matches:
        try:
            statement(name)
        except ValueError as error:
            raise ValueError(f"{name} {error}") from None
    return matches
