"""Bad input that a deployment must refuse. All of it is far below 4 KiB, because gateways refuse what is longer. A byte
that is not UTF-8 is written "\\udcNN", as in Python's `surrogateescape`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_HALF = "\udced\udca0\udc80"  # half a surrogate pair, percent-encoded

#: Values for any parameter.
VALUES: Final = (
    "\0", "a\0b", "x" * 3000, "9" * 3000, _HALF, "\udcff\udcfe", "😀", "\u202e\u0301", "' OR 1=1 --", "%", "%00",
    "${jndi:x}", "<script>", "{}", "[]", "null", "true", "NaN", "-1", "0", "1e400", "1.5", " 1", "１", "\r\n", "",
    "a.b", "..", "e30.e30", "4294967296", "9223372036854775808",
)  # fmt: skip

_TIMES = (
    "x", "NaN", "-1", "1e400", "9" * 20, "9" * 3000, "2026-13-45", "2026-06-01T25:61:61Z", "0000-00-00",
    "253402300800", "9999-12-31T23:59:59.999Z", "", "\0", "１",
)  # fmt: skip
_FILTER = ("\0", _HALF, "😀", "", "%", "\\", "' OR 1=1 --", "x" * 300)

#: Values that are likely to trip this parameter's parser, index or database.
LIKELY: Final[Mapping[str, tuple[str, ...]]] = {
    "limit": ("x", "0", "-1", "101", "1.5", "1e3", "NaN", "", " 1", "１", "9" * 20, "9" * 3000, "\0"),
    "cursor": (
        "x", ".", "..", "a.b", "e30.e30", "e30=.x", "bnVsbA.x", "W10.x", "WzEsMl0.x", "AA.AA", "/w.x", "😀", "\0",
        "é.é", "eyJjcmVhdGVkX2F0IjoxfQ.x", "W251bGwsbnVsbF0.x",
    ),
    "id": ("x", "\0", "{}", "1", "00000000-0000-0000-0000-00000000000g", "😀", "' OR 1=1 --", ""),
    "platform": ("X", "x,facebook", "", "\0", "😀"),
    "tenant_id": _FILTER,
    "username": _FILTER,
    "network_unique_id": (*_FILTER, "9" * 40),
    "since": _TIMES,
    "until": _TIMES,
    "path": ("x", "1", "00000000-0000-0000-0000-00000000000g", "😀", "\0", _HALF, "' OR 1=1 --", "9" * 40, "%"),
}  # fmt: skip

#: Bodies of a finalize.
BODIES: Final = (
    b"{", b"nonsense", b"null", b'{"selectedPageIds": "x"}', b"[]", b'{"selectedPageIds": null}', b'""', b"{}", b"1",
    b'{"selectedPageIds": [null, 1, {}, [], true]}', b"", b'{"selectedPageIds": {}}', b"[" * 1500, b"\xff\xfe\x00",
    b'{"selectedPageIds": ["\\u0000", "\\ud800"]}', b'{"a":' * 500, b"\xef\xbb\xbf{}", b"9" * 3000,
    b'{"selectedPageIds": [' + b"9" * 3000 + b"]}", b'{"selectedPageIds": [NaN, Infinity, 1e999]}',
)  # fmt: skip

#: Wrong media types for a body.
MEDIA_TYPES: Final = (
    "text/plain", "nonsense", "application/x-www-form-urlencoded", "multipart/form-data", "", "application/xml",
    "application/json; charset=nonsense", "Application/JSON", "application/json;;;=", "text/html; \u00e9",
)  # fmt: skip


def is_well_formed(value: str) -> bool:
    """Whether any gateway passes this value on to the service."""
    return value.isprintable() and len(value) < 500 and not any(sign in value for sign in "%/<'") and value.isascii()
