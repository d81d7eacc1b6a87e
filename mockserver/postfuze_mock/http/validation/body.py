"""A request's JSON body: its media type and its size."""

from __future__ import annotations

from starlette.types import Receive

from postfuze_mock.problems import Problem

JSON = "application/json"
ANYTHING = "*/*"
LIMIT = 1 << 20  # bytes


def is_present(headers: dict[bytes, bytes]) -> bool:
    """Whether the request has a body (RFC 9112, section 6.3)."""
    return b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"


async def read(receive: Receive, headers: dict[bytes, bytes], limit: int) -> bytes:
    """The body's bytes. Raises a 413 problem above `limit` bytes, without reading if `Content-Length` says so, and a
    400 problem if the client leaves before all have arrived."""
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > limit:
        raise _too_large(limit)
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            detail = "The connection ended, or stalled, before the whole body had arrived."
            raise Problem(400, detail, rule="bodies.incomplete", code="incomplete_body")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def check_media_type(headers: dict[bytes, bytes]) -> None:
    """Raises a 415 problem unless `Content-Type` is JSON in UTF-8; its parameters other than `charset` are ignored."""
    value = headers.get(b"content-type", b"").decode("latin-1")
    media_type, *parameters = (part.strip().lower() for part in value.split(";"))
    charsets = [p.removeprefix("charset=").strip('"') for p in parameters if p.startswith("charset=")]
    if media_type == JSON and all(charset in ("utf-8", "utf8") for charset in charsets):
        return
    actual = f"it is {value}" if value else "none was sent"
    detail = f"The body must be sent with Content-Type: {JSON} (in UTF-8); {actual}."
    acceptable = {"Accept": JSON}
    raise Problem(415, detail, rule="media-types.body", code="unsupported_media_type", headers=acceptable)


def _too_large(limit: int) -> Problem:
    detail = f"The body is larger than {limit} bytes."
    headers = {"Connection": "close"}
    return Problem(413, detail, rule="bodies.size", code="content_too_large", headers=headers)
