"""Where the connect flow sends a browser in the end: which `redirect_uri` may be given, and what is appended to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal
from urllib.parse import urlencode, urlsplit

from postfuze_mock.domain.destinations import Allowed, Destination

#: Characters. A URL of the flow carries it, sealed, and browsers and proxies give up on URLs not much longer.
LONGEST: Final = 2_000


def check(uri: str, allowed: Allowed, hosts: Literal["registered-hosts", "any-host"]) -> None:
    """ValueError says what `uri` must be instead, where no browser may be sent there (choice `auth-url.redirect-uri`).

    No credentials, no fragment (RFC 6749, section 3.1.2), nothing that browsers read otherwise than we do, and a host
    that is loopback or `allowed`: whoever asks for a URL must not be able to send people anywhere.
    """
    if len(uri) > LONGEST:
        raise ValueError(f"must be no longer than {LONGEST} characters")
    destination = Destination.parse(uri)
    if hosts == "registered-hosts" and not allowed.permits(destination.host, destination.port):
        raise ValueError(
            "must name this machine (localhost, 127.0.0.1, [::1]) or a host that was registered; "
            f"start the mock with --redirect-allow {destination.host} to register this one"
        )


def with_outcome(uri: str, outcome: Mapping[str, str]) -> str:
    """`uri` with `outcome` appended to its query, which stays as it was."""
    query = urlsplit(uri).query
    joint = "" if uri.endswith(("?", "&")) else "&" if query else "?"
    return f"{uri}{joint}{urlencode(outcome)}"
