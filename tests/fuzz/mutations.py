"""Changes an answer at random, in one place or in several: its JSON, headers, status, encoding or bytes."""

from __future__ import annotations

import copy
import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

Header = tuple[str, str]

#: Text that a terminal, a log or a CI server would act on.
ACTING: Final = (
    "\x1b]0;title\x07\x1b[2J\r\n::error::x\n  ::add-mask::a\n##[error]x ##vso[task.complete]\n"
    "\x00\x7f\x85\x9b31m\u2028\u2029\u200b\u202eabc\u2066\ufeff\u00ad\U000e0041"
)
#: A document that nests deeper than any parser goes.
DEEP: Final = b"[" * 200_000

_GONE: Final = ...  # the member is left out
_NUMBERS: Final = (0, -1, 3.0, 0.1, 10**18, 10**400, 1e308, float("nan"), float("inf"))
_TEXTS: Final = (
    *("", " ", "\x00", "a", "x" * 100_000, "\ud800", "\udc80\udcff", ACTING, "::error::x", "NaN", "1e999", "-0", "²"),
    *("http://[", "https://\u2100.example/", "javascript:alert(1)", "//", "http://h:99999999/", "http://h:x/"),
    *("%ff%00", "?a=1&a", "../..", ".", "/", "{id}", "%s%n", "\\", "‹username 1›", f"sk_live_{'z' * 30}", "__proto__"),
    *("active", "x", "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234", "00000000-0000-0000-0000-000000000000"),
)
_TIMES: Final = (
    *("0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999Z", "99999-01-01T00:00:00Z"),
    *("2026-02-30T00:00:00Z", "2026-06-14T12:10:00+99:99", f"2026-06-14T12:10:00.{'9' * 5000}Z"),
)
_CONTAINERS: Final[tuple[Any, ...]] = (
    *([], {}, [[]], [None], [1, "a", None], [{}], [{"id": 1}], [{"id": None}], {"id": []}, {"": ""}, {"data": []}),
    *({"__proto__": {"a": 1}}, {"\ud800": "\ud800"}, {ACTING: ACTING}),
)
_VALUES: Final[tuple[Any, ...]] = (_GONE, None, True, False, *_NUMBERS, *_TEXTS, *_TIMES, *_CONTAINERS)

_DATES: Final = ("Fri, 31 Dec 9999 23:59:59 -2359", "01 Jan 2026 00:00:00 +99999999999", "Mon, 99 Foo 99999 99:99:99")
_HEADERS: Final[dict[str, Sequence[str]]] = {
    "Retry-After": ("nan", "-1", "inf", "1e400", "", "\x80", "²", "0", "9" * 5000, *_DATES),
    "Date": ("nan", "", "\xff\xfe", *_DATES),
    "Content-Type": (
        *("", ";", "text/html", "\xff", "a/b/c", "application/json, application/json", "x" * 60_000, 'a/b; charset="'),
        *("application/json; charset=utf-16", "application/json;charset=klingon", "application/problem+json"),
        *("multipart/form-data", "text/event-stream", "text/xml", "application/yaml"),
    ),
    "Content-Encoding": ("gzip", "br", "zstd", "deflate", "gzip, gzip", "klingon", "", ",", "gzip;q=0"),
    "Location": ("http://[", "http://h:x/", "//", "", "\xff", "http://user:pw@h/?a=1", f"http://{'a' * 70_000}"),
    "Set-Cookie": ("", "=", "a=b; Expires=nan; Max-Age=1e400", "\x80=\xff; Domain=..", f"a=b; Max-Age={'9' * 5000}"),
    "Content-Length": ("1", "99999999", "-1", "nan"),
    "Transfer-Encoding": ("chunked", "gzip"),
    "Allow": ("", ",,,", "\xff", "::error::"),
    "WWW-Authenticate": ("", "\xff"),
    "X-Unknown-Keys": ("accepted", "\xff"),
    "Cache-Control": ("::error::\t\x7f",),
    "Link": ("<::>; rel=next",),
    "X" * 60_000: ("a",),
    "X-\xff": ("a",),
    "": ("a",),
    "X-Odd": ("\x00", "a\n b"),
}
_STATUSES: Final = (0, 99, 100, 101, 103, 199, *range(200, 209), *range(300, 309), *range(400, 430), 451, 499, 500, 501)
_STATUSES_OF_GATEWAYS: Final = (502, 503, 504, 599, 600, 999)
_BODIES: Final[Sequence[Callable[[bytes], bytes]]] = (
    *(lambda _, body=body: body for body in (b"", b" ", b"null", b"[]", b"{}", b"0", b'""', b"nul", b"{", DEEP)),
    *(lambda _, body=body: body for body in (b'{"a":' * 100_000, b'{"data": ' + DEEP, b"[" * 99 + b"]" * 99)),
    *(lambda _, body=body: body for body in (b"9" * 5000, b"<html>\x1b[2J</html>", ACTING.encode())),
    lambda body: b"\xef\xbb\xbf" + body,
    lambda body: b"\xff\xfe" + body,
    lambda body: body.decode("utf-8", "replace").encode("utf-16"),
    lambda body: body + body,
    lambda body: body[: len(body) // 2],
    lambda body: body.replace(b'"', b"'"),
    lambda body: body.replace(b"a", b"\xff"),
    lambda body: body.replace(b"e", b"\xed\xa0\x80"),
    lambda body: body.replace(b":", b': 1e999, "q":'),
    lambda body: body.replace(b'"id"', b'"__proto__"'),
    lambda body: b'{"a":1,"a":2,' + body[1:],
)
_ENCODERS: Final[Sequence[Callable[[bytes], bytes]]] = (
    gzip.compress,
    zlib.compress,
    lambda body: gzip.compress(gzip.compress(body)),
    lambda body: gzip.compress(body)[:-9],
    lambda body: gzip.compress(body)[:5],
    lambda body: b"\x1f\x8b" + body,
)
_TEARS: Final[Sequence[Callable[[bytes], bytes]]] = (
    lambda raw: raw[:0],
    lambda raw: raw[: len(raw) // 3],
    lambda raw: raw[:-1],
    lambda raw: b"\x00" + raw,
    lambda raw: raw.replace(b"HTTP/1.1", b"HTTP/9.9", 1),
    lambda raw: b"HTTP/1.1 103 Early\r\nX: y\r\n\r\n" + raw,
    lambda raw: raw.replace(b"\r\n", b"\n"),
    lambda raw: raw + b"HTTP/1.1 200 OK\r\n\r\n",
    lambda raw: b"::error::\r\n" + raw,
)


@dataclass
class _Answer:
    status: int
    headers: list[Header]
    body: bytes
    tear: Callable[[bytes], bytes] = bytes

    def encoded(self, phrase: str) -> bytes:
        headers = list(self.headers)
        if not any(name.lower() in ("content-length", "transfer-encoding") for name, _ in headers):
            headers.append(("Content-Length", str(len(self.body))))
        lines = [f"HTTP/1.1 {self.status:03d} {phrase}", *(f"{name}: {value}" for name, value in headers), "", ""]
        return self.tear("\r\n".join(lines).encode("latin-1", "replace") + self.body)


def mutated(random: Random, status: int, headers: Sequence[Header], body: bytes) -> bytes:
    """The bytes of an answer that differs from this one."""
    answer = _Answer(status, [*headers], body)
    for change in random.choices([*_CHANGES], [*_CHANGES.values()], k=random.choice((1, 1, 1, 2, 3))):
        change(random, answer)
    return answer.encoded(random.choice(("OK", "OK", "", "\xff", "::error::")))


def _change_some(random: Random, answer: _Answer) -> None:
    """Replace up to five values of the document."""
    document = _document(answer)
    for _ in range(random.choice((1, 1, 2, 5))):
        places = [*_places(document)]
        if places:
            _put(*random.choice(places), random.choice(_VALUES))
    _write(answer, document)


def _change_all(random: Random, answer: _Answer) -> None:
    """Replace every member of one name, or every element of one index."""
    document = _document(answer)
    places = [*_places(document)]
    if places:
        key, value = random.choice(places)[1], random.choice(_VALUES)
        for place in places:
            if place[1] == key:
                _put(*place, value)
    _write(answer, document)


def _document(answer: _Answer) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def _write(answer: _Answer, document: Any) -> None:
    if document is not None:
        answer.body = json.dumps(document).encode()


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Each value in a document, as its container and its key there."""
    for key, child in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield node, key
        yield from _places(child)


def _put(container: Any, key: Any, value: Any) -> None:
    if value is not _GONE:
        container[key] = copy.deepcopy(value)
    elif isinstance(container, dict):
        container.pop(key, None)
    elif key < len(container):
        del container[key]


def _change_header(random: Random, answer: _Answer) -> None:
    name = random.choice([*_HEADERS])
    if random.random() < 0.7:
        answer.headers = [pair for pair in answer.headers if pair[0].lower() != name.lower()]
    answer.headers.append((name, random.choice(_HEADERS[name])))


def _drop_header(random: Random, answer: _Answer) -> None:
    if answer.headers:
        del answer.headers[random.randrange(len(answer.headers))]


def _change_status(random: Random, answer: _Answer) -> None:
    answer.status = random.choice((*_STATUSES, *_STATUSES_OF_GATEWAYS))


def _change_body(random: Random, answer: _Answer) -> None:
    answer.body = random.choice(_BODIES)(answer.body)


def _encode(random: Random, answer: _Answer) -> None:
    """Encode the body, but not always as the header says, nor always whole."""
    answer.body = random.choice(_ENCODERS)(answer.body)
    answer.headers.append(("Content-Encoding", random.choice(("gzip", "deflate", "gzip, gzip", "br", "GZIP"))))


def _tear(random: Random, answer: _Answer) -> None:
    answer.tear = random.choice(_TEARS)


#: The changes, and how often each is made.
_CHANGES: Final = {
    _change_some: 12,
    _change_all: 8,
    _change_header: 6,
    _change_status: 4,
    _change_body: 4,
    _encode: 2,
    _drop_header: 1,
    _tear: 1,
}
