"""Where the mock may send webhooks and browsers: to loopback, and to the hosts that an operator lists.

Pure rules: no name is looked up here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, Literal, NamedTuple, Self
from urllib.parse import urlencode, urlsplit

Address = IPv4Address | IPv6Address

#: The only name that is loopback (RFC 6761, section 6.3), and its addresses: it is not looked up.
LOCALHOST: Final = "localhost"
LOOPBACK: Final = ("127.0.0.1", "::1")
#: Characters of a redirect URI: some browsers and proxies reject URLs that are slightly longer.
MAX_URI: Final = 2_000
PORTS: Final = {"http": 80, "https": 443}
_LABEL = r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?"
_NAME: Final = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})*", re.ASCII)
_PATTERN: Final = re.compile(r"(?P<host>\[[^]]*\]|[^:\[\]]*)(:(?P<port>[0-9]{1,5}))?", re.ASCII)
_URL: Final = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+", re.ASCII)  # RFC 3986, section 2
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*", re.ASCII)
#: Schemes that a browser opens itself, some of them as code.
_OF_BROWSERS: Final = frozenset(
    {"about", "blob", "data", "file", "filesystem", "ftp", "http", "https", "javascript", "vbscript", "ws", "wss"}
)


class Allowed:
    """Loopback (`localhost`, 127.0.0.0/8, `::1`), and `patterns`: `host`, `host:port` or `*.domain` (what is below the
    domain, not the domain itself). A host is a name or an address; IPv6 addresses with a port are in brackets.

    Raises ValueError (one sentence) for any other pattern.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns = tuple(patterns)
        self._hosts = {_pattern(text) for text in self.patterns}

    def permits(self, host: str, port: int) -> bool:
        """Whether `host` (of any case; an address with or without brackets) may be reached on `port`."""
        host = normal(host)
        names = [host, *_wildcards(host)]
        return is_loopback(host) or any((name, at) in self._hosts for name in names for at in (None, port))

    def permits_address(self, host: str, address: str) -> bool:
        """Whether `address`, to which a permitted `host` resolves, may be connected to. A host that is not listed must
        be on loopback; a listed name may have any address of a host (not link-local, multicast …)."""
        host, at = normal(host), _address(address)
        if at is None or is_loopback(host):
            return at is not None and is_loopback(address)
        is_special = at.is_link_local or at.is_multicast or at.is_unspecified
        return _address(host) == at or not is_special


class Destination(NamedTuple):
    """The parts of a URL: `host` in normal form, `target` for the request line."""

    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """The parts of an http or https URL. Raises ValueError, which says what the URL must be."""
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
        if port == 0 or _valid_host(normal(parts.hostname or "")) is None or any(each in parts.netloc for each in "*%"):
            raise ValueError("must name a host, and a port from 1 to 65535 if any")
        query = f"?{parts.query}" if parts.query else ""
        return cls(
            parts.scheme, normal(parts.hostname or ""), port or PORTS[parts.scheme], f"{parts.path or '/'}{query}"
        )

    @property
    def origin(self) -> str:
        """`host:port`, an IPv6 address in brackets: a pattern of `Allowed`."""
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def authority(self) -> str:
        """The value of the Host header: the origin, without the scheme's default port."""
        return self.origin.removesuffix(f":{self.port}") if self.port == PORTS[self.scheme] else self.origin


def check_redirect(uri: str, allowed: Allowed, hosts: Literal["registered-hosts", "any-host", "any-uri"]) -> None:
    """Raises ValueError, which says what `uri` must be, unless browsers may be sent there.

    It needs a host on loopback or in `allowed` (choice `auth-url.redirect-uri`), no credentials, no fragment (RFC 6749,
    section 3.1.2), and nothing that browsers read differently: the mock must not be an open redirector. The choice
    `any-uri` also allows the schemes of mobile apps (RFC 8252, section 7.1).
    """
    if len(uri) > MAX_URI:
        raise ValueError(f"must be no longer than {MAX_URI} characters")
    if hosts == "any-uri" and _is_private_use(uri):
        return
    destination = Destination.parse(uri)
    if hosts == "registered-hosts" and not allowed.permits(destination.host, destination.port):
        raise ValueError(
            "must name this machine (localhost, 127.0.0.1, [::1]) or a host that was registered; "
            f"start the mock with --redirect-allow {destination.host} to register this one"
        )


def with_outcome(uri: str, outcome: Mapping[str, str]) -> str:
    """`uri` with `outcome` appended to its query, which stays unchanged."""
    query = urlsplit(uri).query
    separator = "" if uri.endswith(("?", "&")) else "&" if query else "?"
    return f"{uri}{separator}{urlencode(outcome)}"


def _is_private_use(uri: str) -> bool:
    """Whether the URI's scheme is one that an app may have registered, and not one that browsers handle."""
    scheme = uri.partition(":")[0].lower()
    return bool(_URL.fullmatch(uri) and _SCHEME.fullmatch(scheme)) and "#" not in uri and scheme not in _OF_BROWSERS


def normal(host: str) -> str:
    """`host` in normal form: lower case, no final dot, no brackets, addresses in their usual spelling."""
    host = host.removeprefix("[").removesuffix("]").lower().removesuffix(".")
    address = _address(host)
    return host if address is None else str(address)


def is_loopback(host: str) -> bool:
    """Whether a `host` in normal form is this machine, without asking a name server."""
    address = _address(host)
    return host == LOCALHOST if address is None else address.is_loopback


def is_address(host: str) -> bool:
    """Whether a `host` is an IP address, not a name."""
    return _address(host) is not None


def _wildcards(host: str) -> list[str]:
    labels = [] if _address(host) else host.split(".")[1:]
    return [f"*.{'.'.join(labels[at:])}" for at in range(len(labels))]


def _pattern(text: str) -> tuple[str, int | None]:
    whole = text.strip()
    if _address(whole):
        return normal(whole), None
    match = _PATTERN.fullmatch(whole)
    host = _valid_host(normal(match["host"])) if match else None
    port = int(match["port"]) if match and match["port"] else None
    if host is None or (port is not None and not 1 <= port <= 65535):
        raise ValueError(f"must be HOST, HOST:PORT or *.DOMAIN, such as receiver.internal:9000; it is {text!r}")
    return host, port


def _valid_host(host: str) -> str | None:
    """`host` if it is an address or a name (perhaps with a wildcard), else None; `127.1` looks like both and is
    refused."""
    if _address(host):
        return host
    return host if _NAME.fullmatch(host) and not host.rpartition(".")[2].isdecimal() else None


def _address(host: str) -> Address | None:
    """The address in `host`; an IPv4 address that is written as IPv6 counts as IPv4."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    ipv4 = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return ipv4 or address
