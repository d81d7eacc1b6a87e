"""Offers to switch to another protocol, which the mock ignores (RFC 9110, section 7.8)."""

from __future__ import annotations

from collections.abc import Sequence

from httptools import HttpRequestParser

#: Header fields that belong to an offer.
_OFFER = frozenset({b"connection", b"upgrade", b"http2-settings"})


def without_offer(parser: HttpRequestParser, target: bytes, headers: Sequence[tuple[bytes, bytes]]) -> bytes:
    """The head of the request that `parser` has just read, without its offer. It is for a new parser, because this one
    takes the body for bytes of the other protocol."""
    fields = [(name, value) for name, value in headers if name not in _OFFER]
    if not parser.should_keep_alive():
        fields.append((b"connection", b"close"))
    first = b"%b %b HTTP/%b" % (parser.get_method(), target, parser.get_http_version().encode())
    return b"\r\n".join([first, *map(b"%b: %b".__mod__, fields), b"", b""])
