"""Hostile targets for the harness: each answers some requests in a way that no client expects.

A target is a function from a request to the bytes of its answer, registered with a sentence. `serve` runs one on a free
port of loopback. With an `upstream` (the URL of a mock), `honest` requests are answered by it, so that a run gets past
its first calls; without one, every request gets the hostile answer.
"""

from __future__ import annotations

import json
import socket
import threading
import uuid
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from random import Random
from typing import Any, BinaryIO, Final
from urllib.parse import urlsplit

from tests.fuzz.mutations import ACTING, mutated

PATIENCE: Final = 60.0  # seconds
_HOP: Final = ("connection", "content-length", "keep-alive", "transfer-encoding")
Answer = Callable[["Call"], Iterator[bytes]]
Header = tuple[str, str]


class Stopped(Exception):
    """The target is stopping, so this answer ends."""


@dataclass(frozen=True)
class Call:
    """A request that a target received; `path` includes the query, `number` counts from 1. `headers` are as sent."""

    number: int
    method: str
    path: str
    headers: Sequence[Header]
    body: bytes
    upstream: str | None
    stopping: threading.Event = field(repr=False)

    def wait(self, seconds: float) -> None:
        """Wait before the next bytes. Raises Stopped when the target stops."""
        if self.stopping.wait(seconds):
            raise Stopped

    def forward(self) -> tuple[int, list[Header], bytes]:
        """The upstream's answer to this request: status, headers and body. Without one, an empty page."""
        if self.upstream is None:
            return 200, [("Content-Type", "application/json")], b'{"data": [], "next_cursor": null}'
        connection = HTTPConnection(urlsplit(self.upstream).netloc, timeout=PATIENCE)
        try:
            headers = {name: value for name, value in self.headers if name.lower() not in _HOP}
            connection.request(self.method, self.path, self.body or None, headers)
            response = connection.getresponse()
            kept = [(name, value) for name, value in response.getheaders() if name.lower() not in _HOP]
            return response.status, kept, response.read()
        finally:
            connection.close()


@dataclass(frozen=True)
class Target:
    """A hostile target of the zoo."""

    name: str
    about: str
    answer: Answer


ZOO: dict[str, Target] = {}  # by name


def target(name: str, about: str) -> Callable[[Answer], Answer]:
    """Register a function as the hostile target `name`; `about` is a sentence on what it does."""

    def register(answer: Answer) -> Answer:
        assert name not in ZOO, name
        ZOO[name] = Target(name, about, answer)
        return answer

    return register


def head(status: int = 200, *headers: Header) -> bytes:
    """The head of an answer with these headers, by default JSON."""
    lines = [f"HTTP/1.1 {status} Some", *(f"{name}: {value}" for name, value in headers or (_JSON,))]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")


def whole(status: int, headers: Sequence[Header], body: bytes) -> bytes:
    """A whole answer with its right length."""
    return head(status, *headers, ("Content-Length", str(len(body)))) + body


def is_honest(call: Call) -> bool:
    """Whether a call is answered by the upstream by default: the first ones and, later, the bare list, so that a run
    takes the target for one that can be judged."""
    path = urlsplit(call.path).path
    return call.number <= 3 or path.endswith(("/social-accounts", "/api/v1/health"))


@contextmanager
def serve(name: str | Answer, upstream: str | None = None, honest: Callable[[Call], bool] = is_honest) -> Iterator[str]:
    """Serve the target `name`, or one that answers so, while the block runs. Yields its base URL."""
    server = _Server(ZOO[name].answer if isinstance(name, str) else name, upstream, honest)
    try:
        yield f"http://127.0.0.1:{server.port}/api/v1"
    finally:
        server.stop()


class _Server:
    """A raw server with a thread for each connection. An honest connection stays open, a hostile one is closed."""

    def __init__(self, answer: Answer, upstream: str | None, honest: Callable[[Call], bool]) -> None:
        self._answer, self._upstream, self._honest = answer, upstream, honest
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._calls = 0
        self._open: set[socket.socket] = set()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open.add(connection)
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream, suppress(OSError, Stopped):
            while (call := self._read(stream)) is not None:
                if self._upstream is not None and self._honest(call):
                    connection.sendall(whole(*call.forward()))
                    continue
                for part in self._answer(call):
                    connection.sendall(part)
                break
        with self._lock:
            self._open.discard(connection)

    def _read(self, stream: BinaryIO) -> Call | None:
        """The next request; None if the client has closed the connection."""
        words = stream.readline().split()
        if len(words) != 3:
            return None
        headers = list[Header]()
        while line := stream.readline().strip():
            headers.append(
                (line.partition(b":")[0].decode("latin-1"), line.partition(b":")[2].strip().decode("latin-1"))
            )
        length = next((int(value) for header, value in headers if header.lower() == "content-length"), 0)
        with self._lock:
            self._calls += 1
            number = self._calls
        method, path = words[0].decode("latin-1"), words[1].decode("latin-1")
        return Call(number, method, path, headers, stream.read(length), self._upstream, self._stopping)


_JSON: Final[Header] = ("Content-Type", "application/json")
_BLOCK: Final = b'"%s",' % (b"x" * 65_533)


@target("endless-body", "A body without a length that never ends.")
def endless_body(_: Call) -> Iterator[bytes]:
    yield head() + b"["
    while True:
        yield _BLOCK


@target("endless-chunks", "A chunked body that never ends.")
def endless_chunks(_: Call) -> Iterator[bytes]:
    yield head(200, _JSON, ("Transfer-Encoding", "chunked"))
    while True:
        yield b"%x\r\n%s\r\n" % (len(_BLOCK), _BLOCK)


@target("dripped-head", "A head whose bytes come one by one, each in time.")
def dripped_head(call: Call) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nX-Long: "
    while True:
        call.wait(0.05)
        yield b"x"


@target("dripped-body", "A body whose bytes come one by one, each in time.")
def dripped_body(call: Call) -> Iterator[bytes]:
    yield head(200, _JSON, ("Content-Length", "1000000"))
    while True:
        call.wait(0.05)
        yield b" "


@target("endless-continue", "Interim answers without end, and no final one.")
def endless_continue(_: Call) -> Iterator[bytes]:
    while True:
        yield b"HTTP/1.1 100 Continue\r\n\r\n" * 100


@target("silence", "No answer at all.")
def silence(call: Call) -> Iterator[bytes]:
    call.wait(3600)
    yield b""


@target("gzip-bomb", "A body of 2 MB that decodes to 2 GB.")
def gzip_bomb(_: Call) -> Iterator[bytes]:
    yield whole(200, [_JSON, ("Content-Encoding", "gzip")], _bomb())


@target("wide-json", "Valid JSON of 8 MB: a list of empty lists.")
def wide_json(_: Call) -> Iterator[bytes]:
    yield whole(200, [_JSON], b'{"data": [%s[]], "next_cursor": null}' % (b"[]," * 2_700_000))


@target("many-accounts", "The upstream's answer, with each list in it a hundred times as long.")
def many_accounts(call: Call) -> Iterator[bytes]:
    status, headers, body = call.forward()
    document = json.loads(body)
    rows = document.get("data") if isinstance(document, dict) else None
    if isinstance(rows, list):
        copies = [{**row, "id": str(uuid.UUID(int=n)), "username": f"u{n}-{row}"} for n in range(100) for row in rows]
        document["data"] = copies
    yield whole(status, headers, json.dumps(document).encode())


@target("many-members", "The upstream's answer, with a hundred thousand more members in its object.")
def many_members(call: Call) -> Iterator[bytes]:
    status, headers, body = call.forward()
    document = json.loads(body)
    if isinstance(document, dict):
        document |= {f"member {n}": f"the value number {n}" for n in range(100_000)}
    yield whole(status, headers, json.dumps(document).encode())


@target("heavy-lists", "Lists of a thousand times their accounts, none of them like another, as large as may be.")
def heavy_lists(call: Call) -> Iterator[bytes]:
    status, headers, body = call.forward()
    document = json.loads(body)
    rows = document.get("data") if isinstance(document, dict) else None
    if rows and isinstance(rows, list):
        marks = [f"{call.number}-{n}" for n in range(8_000)]
        document["data"] = [{**rows[0], "id": str(uuid.uuid4()), "username": mark, "raw": [mark]} for mark in marks]
    elif isinstance(document, dict):
        document["raw"] = [f"{call.number}-{n}" for n in range(200_000)]
    yield whole(status, headers, json.dumps(document).encode())


@target("endless-walk", "Lists whose next page is always another one.")
def endless_walk(call: Call) -> Iterator[bytes]:
    status, headers, body = call.forward()
    document = json.loads(body)
    if isinstance(document, dict) and "next_cursor" in document:
        document["next_cursor"] = f"page-{call.number}"
    yield whole(status, headers, json.dumps(document).encode())


@target("odd-answers", "The upstream's answers, each changed at random in a few places.")
def odd_answers(call: Call) -> Iterator[bytes]:
    yield mutated(Random(call.number), *call.forward())


@target("few-odd-answers", "The same for one answer in ten.")
def few_odd_answers(call: Call) -> Iterator[bytes]:
    random = Random(call.number)
    answer = call.forward()
    yield mutated(random, *answer) if random.random() < 0.1 else whole(*answer)


@target("acting-text", "The upstream's answers with text that a terminal or a CI server acts on in most strings.")
def acting_text(call: Call) -> Iterator[bytes]:
    status, headers, body = call.forward()
    document = json.loads(body) if body else {}
    said = [*headers, ("X-Said", "\x9b31m\x85::error::"), ("Cache-Control", "\xad::error::")]
    yield whole(status, said, json.dumps(_acting(document, "")).encode())


def _acting(value: Any, name: str) -> Any:
    """A part of a document, the member `name`, whose texts but for ids and times act."""
    if isinstance(value, dict):
        return {key: _acting(each, key) for key, each in value.items()} | {ACTING: ACTING}
    if isinstance(value, list):
        return [_acting(each, name) for each in value]
    return ACTING if isinstance(value, str) and name != "id" and not name.endswith("_at") else value


def _bomb() -> bytes:
    """A gzip stream of two thousand equal blocks, each a megabyte of spaces, without its checksum."""
    encoder = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    start = encoder.compress(b"[") + encoder.flush(zlib.Z_FULL_FLUSH)
    block = encoder.compress(b" " * 1_000_000) + encoder.flush(zlib.Z_FULL_FLUSH)
    return start + block * 2_000
