"""From the value that was given to the value that is used; each raises ValueError with what would be right."""

from __future__ import annotations

import math
import re
import ssl
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, get_args
from urllib.parse import urlsplit

import httpx

from postfuze_contracts.config.problems import hint
from postfuze_contracts.model.options import Access, Profile

_CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text")  # noqa: TRY004 - one kind of error for every bad value
    if not value.strip():
        raise ValueError("must not be empty")
    return value.strip()


def token(value: Any) -> str:
    """A text that can stand in a header and in a path."""
    found = text(value)
    if not all("!" <= character <= "~" for character in found):
        raise ValueError("must be printable ASCII without spaces")
    return found


def tokens(value: Any) -> tuple[str, ...]:
    """A list of tokens, or a text with spaces, commas or line ends between them."""
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    if not isinstance(value, list):
        raise ValueError("must be a list of texts")  # noqa: TRY004 - as above
    return tuple(token(each) for each in value)


def flag(value: Any) -> bool:
    found = value if isinstance(value, bool) else _WORDS.get(str(value).strip().lower())
    if found is None:
        raise ValueError("must be true or false")
    return found


def whole(value: Any) -> int:
    if isinstance(value, bool) or not str(value).strip().removeprefix("-").isdecimal():
        raise ValueError("must be a whole number")
    return int(value)


def count(value: Any) -> int:
    if (found := whole(value)) < 1:
        raise ValueError("must be 1 or more")
    return found


def amount(value: Any) -> float:
    """A positive number."""
    try:
        found = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        found = math.nan
    if not (found > 0 and math.isfinite(found)):
        raise ValueError("must be a number above 0")
    return found


def one_of(names: Iterable[str]) -> Callable[[Any], str]:
    """The cast to one of `names`."""
    allowed = tuple(names)

    def cast(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}{hint(str(value), allowed)}")
        return str(value)

    return cast


access = one_of(each.name.lower() for each in Access)
profile = one_of(get_args(Profile))


def day(value: Any) -> date:
    """A TOML date, or the same as a text."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(text(value))
    except ValueError:
        raise ValueError("must be a date such as 2027-01-31") from None


def url(value: Any) -> str:
    """The URL that all paths of the spec are below, without a slash at its end."""
    found = text(value)
    try:
        parts = urlsplit(found)
        port_is_good = parts.port != 0
    except ValueError:
        raise ValueError("is no URL") from None
    if parts.scheme not in ("http", "https"):
        near = "" if "://" in found or ":/" in found else f"; did you mean https://{found.partition('@')[2] or found}?"
        raise ValueError(f"must begin with http:// or https://{near}")
    if not parts.hostname or not port_is_good or any(character <= " " for character in found):
        raise ValueError("must be a URL such as https://api.example.com/api/v1")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("must have no user, password, query or fragment in it")
    return found.rstrip("/")


def proxy(value: Any) -> str:
    """The URL of a proxy, which may have a user and a password in it. No message repeats it."""
    found = text(value)
    try:
        parts = urlsplit(found)
        port_is_good = parts.port != 0
        httpx.Proxy(found)
    except (ValueError, httpx.InvalidURL):
        raise ValueError("must be a URL such as http://proxy.example.com:3128") from None
    if parts.scheme not in ("http", "https"):
        raise ValueError("must begin with http:// or https://")
    if not parts.hostname or not port_is_good or any(character <= " " for character in found):
        raise ValueError("must be a URL such as http://proxy.example.com:3128")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("must have no path, query or fragment in it")
    return found


def certificates(value: str) -> str:
    """The certificates in a PEM text, all else in it left out."""
    found = "\n".join(_CERTIFICATE.findall(value))
    if not found:
        raise ValueError("has no certificate in PEM form (-----BEGIN CERTIFICATE-----)")
    try:
        ssl.create_default_context(cadata=found)
    except ssl.SSLError:
        raise ValueError("has a certificate that cannot be read") from None
    return found
