"""Decodes the body of a response within a bound. What is wrong with it is a phrase, never an exception."""

from __future__ import annotations

import zlib
from mmap import mmap
from typing import Final, NamedTuple

#: The encodings that requests accept.
ACCEPTED: Final = "gzip, deflate"

_MAX_CODINGS: Final = 3  # on top of each other
_GZIP: Final = ("gzip", "x-gzip")
_MAGIC: Final = b"\x1f\x8b"  # a member of a gzip body begins so; what else follows one is ignored
_BYTES_PER_VALUE: Final = 32  # of the largest response; a value takes about a hundred bytes of memory
_SMALL: Final = 64 * 1024  # bytes
_EVIDENCE: Final = 8 * 1024  # bytes
_PIECE: Final = 4 * 1024  # bytes of a gzip body to decode at once; small, because a body may have many small members
_MIB: Final = 1024 * 1024


class Content(NamedTuple):
    """A body, of which only a part may have been read, and the `flaw` of its response."""

    body: bytes
    flaw: str | None = None


class Parts:
    """The parts of a body as they come. Large bodies lie outside of the heap, which would keep for each thread the most
    that it ever needed."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes | mmap] = []
        self._block: mmap | None = None  # the last part, if it has room for more

    def add(self, part: bytes) -> None:
        """Add a part."""
        self.size += len(part)
        if self.size <= _SMALL:
            self._parts.append(part)
            return
        while part:
            if self._block is None or self._block.tell() == _MIB:
                self._block = mmap(-1, _MIB)
                self._parts.append(self._block)
            part = part[self._block.write(part[: _MIB - self._block.tell()]) :]

    def whole(self) -> bytes:
        """The body."""
        return b"".join(self._parts)[: self.size]

    def start(self) -> bytes:
        """The part of the body that is kept if it has a flaw."""
        return b"".join(part[:_EVIDENCE] for part in self._parts[:_EVIDENCE])[: min(self.size, _EVIDENCE)]


def read(body: bytes, codings: str, limit: int) -> Content:
    """The content of a body with this Content-Encoding header: at most `limit` bytes, and so many values that a program
    can hold them. Of content with a flaw only the start is kept, as evidence."""
    content = _decode(body, codings, limit)
    if content.flaw is None and len(content.body) > _SMALL and _values(content.body) > limit // _BYTES_PER_VALUE:
        content = Content(content.body, f"has more than {limit // _BYTES_PER_VALUE:,} values")
    return content if content.flaw is None else Content(content.body[:_EVIDENCE], content.flaw)


def _values(body: bytes) -> int:
    """About how many values a JSON document has, at most."""
    return sum(map(body.count, (b",", b"[", b"{")))


def _decode(body: bytes, codings: str, limit: int) -> Content:
    names = [name for coding in codings.lower().split(",") if (name := coding.strip()) not in ("", "identity")]
    if len(names) > _MAX_CODINGS:
        return Content(body, f"has {len(names)} content codings")
    for name in reversed(names if body else ()):
        if name not in (*_GZIP, "deflate"):
            return Content(body, f"has a content coding that was not accepted: {name!r:.40}")
        try:
            body = _inflate(body, name, limit + 1)
        except zlib.error:
            return Content(body, f"is no valid {name}")
        if len(body) > limit:
            return Content(body[:limit], too_large(limit))
    return Content(body)


def too_large(limit: int) -> str:
    """The flaw of a response that is larger than `limit` bytes."""
    return f"is larger than {f'{limit / _MIB:g} MiB' if limit >= _MIB else f'{limit:,} bytes'}"


def _inflate(body: bytes, coding: str, limit: int) -> bytes:
    """At most `limit` bytes of the decoded body. Raises zlib.error."""
    if coding in _GZIP:
        return _gunzip(body, limit)
    try:
        return zlib.decompressobj().decompress(body, limit)
    except zlib.error:  # some servers send deflate without the header that RFC 9110 demands
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, limit)


def _gunzip(body: bytes, limit: int) -> bytes:
    """At most `limit` bytes of the content of all members (RFC 1952, section 2.2). Raises zlib.error."""
    parts, at, is_first = list[bytes](), 0, True
    while limit and (is_first or body.startswith(_MAGIC, at)):
        inflater, is_first = zlib.decompressobj(zlib.MAX_WBITS | 16), False
        while limit and not inflater.eof and (piece := body[at : at + _PIECE]):
            parts.append(inflater.decompress(piece, limit))
            limit -= len(parts[-1])
            at += len(piece) - len(inflater.unused_data)
    return b"".join(parts)
