"""Where the mock may send something, or somebody: loopback, and the hosts that an operator lists.

Pure rules; nobody is asked for a name's address here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, NamedTuple, Self
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address

#: The one name that is loopback without being listed (RFC 6761, section 6.3), and what it stands for: nobody is asked.
LOCALHOST: Final = "localhost"
LOOPBACK: Final = ("127.0.0.1", "::1")
PORTS: Final = {"http": 80, "https": 443}
_LABEL = r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?"
_NAME: Final = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})*", re.ASCII)
_PATTERN: Final = re.compile(r"(?P<host>\[[^]]*\]|[^:\[\]]*)(:(?P<port>[0-9]{1,5}))?", re.ASCII)
_URL: Final = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+", re.ASCII)  # RFC 3986, section 2


class Allowed:
    """Loopback (`localhost`, 127.0.0.0/8, `::1`), and `patterns`: `host`, `host:port` or `*.domain` (what is below the
    domain, not the domain itself), a host being a name or an address, one of IPv6 with a port in brackets.

    ValueError, in a sentence, for a pattern that is none of these.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns = tuple(patterns)
        self._listed = {_pattern(text) for text in self.patterns}

    def permits(self, host: str, port: int) -> bool:
        """Whether `host` (of any case; an address with or without brackets) may be reached on `port`."""
        host = normal(host)
        names = [host, *_wildcards(host)]
        return is_loopback(host) or any((name, at) in self._listed for name in names for at in (None, port))

    def permits_address(self, host: str, address: str) -> bool:
        """Whether `address`, which a permitted `host` turned out to have, is one to connect to. What is not listed is
        loopback; a listed name may be at home anywhere, but not where no host is (link-local, multicast …)."""
        host, at = normal(host), _address(address)
        if at is None or is_loopback(host):
            return at is not None and is_loopback(address)
        nowhere = at.is_link_local or at.is_multicast or at.is_unspecified
        return _address(host) == at or not nowhere


class Destination(NamedTuple):
    """A URL, taken apart: `host` is normal, `target` is what stands in the request line."""

    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """The parts of an http or https URL. ValueError says what it must be instead."""
        if not _URL.fullmatch(url):
            raise ValueError("must be a URL in ASCII, with everything else percent-encoded (a host in punycode)")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise ValueError(f"must be a URL: {error}") from error
        if parts.scheme not in PORTS or not parts.netloc:
            raise ValueError("must be a URL that starts with http:// or https://")
        if "@" in parts.netloc:
            raise ValueError("must have no user or password in it")
        if "#" in url:
            raise ValueError("must have no fragment (#…)")
        if port == 0 or _named(normal(parts.hostname or "")) is None or any(each in parts.netloc for each in "*%"):
            raise ValueError("must name a host, and a port from 1 to 65535 if any")
        query = f"?{parts.query}" if parts.query else ""
        return cls(
            parts.scheme, normal(parts.hostname or ""), port or PORTS[parts.scheme], f"{parts.path or '/'}{query}"
        )

    @property
    def origin(self) -> str:
        """`host:port`, an address of IPv6 in brackets: as `Allowed` takes it."""
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def authority(self) -> str:
        """What the Host header says: the origin, without the port that the scheme has anyway."""
        return self.origin.removesuffix(f":{self.port}") if self.port == PORTS[self.scheme] else self.origin


def normal(host: str) -> str:
    """`host` in the one form that is compared: lower case, no final dot, no brackets, addresses as usually written."""
    host = host.removeprefix("[").removesuffix("]").lower().removesuffix(".")
    address = _address(host)
    return host if address is None else str(address)


def is_loopback(host: str) -> bool:
    """Whether a normal `host` is this machine, as nobody else's answer can change."""
    address = _address(host)
    return host == LOCALHOST if address is None else address.is_loopback


def _wildcards(host: str) -> list[str]:
    labels = [] if _address(host) else host.split(".")[1:]
    return [f"*.{'.'.join(labels[at:])}" for at in range(len(labels))]


def _pattern(text: str) -> tuple[str, int | None]:
    whole = text.strip()
    if _address(whole):
        return normal(whole), None
    match = _PATTERN.fullmatch(whole)
    host = _named(normal(match["host"])) if match else None
    port = int(match["port"]) if match and match["port"] else None
    if host is None or (port is not None and not 1 <= port <= 65535):
        raise ValueError(f"must be HOST, HOST:PORT or *.DOMAIN, such as receiver.internal:9000; it is {text!r}")
    return host, port


def _named(host: str) -> str | None:
    """`host`, where it is an address or a name (perhaps with a wildcard), and not one that looks like both: `127.1`."""
    if _address(host):
        return host
    return host if _NAME.fullmatch(host) and not host.rpartition(".")[2].isdecimal() else None


def _address(host: str) -> Address | None:
    """The address that `host` is; one of IPv4 that is written as one of IPv6 is what it stands for."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
