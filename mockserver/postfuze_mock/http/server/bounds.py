"""What a request may have beside its body, and the refusals of what is no valid HTTP/1.1 request.

Such a request never reaches the application, so it is in no journal, and its problem names no rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from httptools import HttpParserCallbackError, HttpParserError, HttpParserInvalidURLError, parse_url

from postfuze_mock.http import errors
from postfuze_mock.problems import CONTENT_TYPE, Problem, title

#: Bytes of a request target.
MAX_TARGET: Final = 16 << 10
#: Bytes of a request beside its body: target, header fields, trailer fields, and what surrounds chunks.
MAX_HEAD: Final = 64 << 10
#: Header fields of a request.
MAX_FIELDS: Final = 256
#: Bytes around each chunk that do not count, so that a body may come in many chunks.
CHUNK_FRAME: Final = 16

_VERSIONS = frozenset({"1.0", "1.1"})


def check_head(version: str, target: bytes, headers: Sequence[tuple[bytes, bytes]], received: int) -> None:
    """Raises a problem for a head that is too large or invalid; `received` is at least its size."""
    if received > MAX_TARGET:
        check_size(target, headers)
    check_fields(version, headers)
    if version != "1.1":
        check_version(version)


def check_size(target: bytes, headers: Sequence[tuple[bytes, bytes]]) -> None:
    """Raises a 414 or 431 problem if the target, or the whole head, is too large."""
    if len(target) > MAX_TARGET:
        raise target_too_long()
    if len(target) + sum(len(name) + len(value) + 4 for name, value in headers) > MAX_HEAD:
        raise too_large()


def check_version(version: str) -> None:
    """Raises a 400 problem for versions that the parser accepts although they have another syntax."""
    if version not in _VERSIONS:
        raise invalid(f"HTTP/{version} is not supported; use HTTP/1.1.")


def check_fields(version: str, headers: Sequence[tuple[bytes, bytes]]) -> None:
    """Raises a 431 problem for too many header fields, and a 400 problem unless there is one Host, which HTTP/1.0 may
    leave out (RFC 9112, section 3.2)."""
    if len(headers) > MAX_FIELDS:
        raise Problem(
            431, f"The request has more than {MAX_FIELDS} header fields.", code="request_header_fields_too_large"
        )
    hosts = [name for name, _ in headers].count(b"host")
    if hosts > 1 or (hosts == 0 and version == "1.1"):
        raise invalid(f"A request has one Host header; this one has {hosts or 'none'}.")


def check_method(method: bytes) -> None:
    """Raises a 400 problem for CONNECT, which no later request could follow."""
    if method == b"CONNECT":
        raise invalid("The mock is no proxy: it has no CONNECT.")


def origin_form(target: bytes) -> bytes:
    """The path and query of a target in another form (RFC 9112, section 3.2). Raises a 400 problem for an invalid
    target."""
    try:
        url = parse_url(target)
    except HttpParserInvalidURLError as error:
        raise invalid("The request target is neither a path nor a URL.") from error
    return (url.path or b"/") + (b"?" + url.query if url.query else b"")


def target_too_long() -> Problem:
    """The problem of a request target over `MAX_TARGET`."""
    return Problem(414, f"The request target is longer than {MAX_TARGET} bytes.", code="uri_too_long")


def too_large() -> Problem:
    """The problem of a request over `MAX_HEAD`."""
    detail = f"The request has more than {MAX_HEAD} bytes beside its body: target, header fields, trailers."
    return Problem(431, detail, code="request_header_fields_too_large")


def response(problem: Problem, headers: Sequence[tuple[bytes, bytes]]) -> bytes:
    """The last response on a connection: `problem`, with `headers` besides its own."""
    body = errors.render(problem)
    own = {
        "content-type": CONTENT_TYPE,
        "content-length": str(len(body)),
        "connection": "close",
        **problem.headers,
    }
    lines = [f"HTTP/1.1 {problem.status} {title(problem.status)}".encode(), *map(b"%b: %b".__mod__, headers)]
    lines += [f"{name}: {value}".encode() for name, value in own.items()]
    return b"\r\n".join([*lines, b"", body])


def late(part: str, seconds: float) -> Problem:
    """The problem of a request whose `part` did not arrive in time."""
    return Problem(408, f"The {part} of the request did not arrive within {seconds:g} seconds.", code="request_timeout")


def cut_short(part: str) -> Problem:
    """The problem of a request that ended within `part`."""
    return invalid(f"The connection ended within the {part} of the request.")


def invalid(detail: str) -> Problem:
    """The problem of what is no HTTP request."""
    return Problem(400, detail, code="no_http")


def parse_error(error: HttpParserError) -> Problem:
    """The problem for an error of the parser; one that a callback raised stays what it was."""
    cause = error.__context__
    if isinstance(cause, Problem):
        return cause
    reason = "" if isinstance(error, HttpParserCallbackError) else f": {error}"
    return invalid(f"Invalid HTTP request received{reason}.")
