"""Persistent connections to a server, which threads may share, and what calls of them have in common."""

from __future__ import annotations

import http.client
import json
import socket
import weakref
from collections.abc import Mapping, Sequence
from email.message import Message
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

__tracebackhide__ = True  # pytest shows the line of the test that called, not ours

_KINDS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


class MockError(Exception):
    """The control API refused a call, or the mock did not answer.

    `status` is the HTTP status (None: no response), `detail` says what is wrong, `code` is stable (`not_found`, …),
    `errors` lists what is wrong with a body or query.
    """

    def __init__(
        self,
        call: str,
        status: int | None,
        detail: str,
        *,
        code: str | None = None,
        errors: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(f"{call}: {detail}" if status is None else f"{call} answered {status}: {detail}")
        self.status = status
        self.detail = detail
        self.code = code
        self.errors = list(errors)


class Response(NamedTuple):
    """A response; the names in `headers` compare without case."""

    status: int
    headers: Message
    body: bytes


class Endpoint:
    """The server at `url` (only scheme, host and port matter), which has `timeout` seconds for a response."""

    def __init__(self, url: str, timeout: float) -> None:
        self._parts = urlsplit(url)
        if self._parts.scheme not in _KINDS or not self._parts.hostname:
            raise ValueError(f"A mock's URL is like http://127.0.0.1:8080, not {url!r}.")
        self.origin = f"{self._parts.scheme}://{self._parts.netloc}"
        self.timeout = timeout

    def patience(self, target: str) -> float:
        """Seconds that a call of `target` may take: a `wait` in its query lets the server answer so much later."""
        waits = parse_qs(urlsplit(target).query).get("wait", ["0"])
        return self.timeout + float(waits[-1])

    def no_response(self, call: str, error: Exception) -> MockError:
        """The error for a call that got no response."""
        if isinstance(error, ConnectionRefusedError):
            port = self._parts.netloc.rpartition(":")[2]
            hint = f" --port {port}" if port.isdecimal() else ""
            detail = f"no mock listens at {self.origin}; start one with: postfuze-mock serve{hint}"
        elif isinstance(error, TimeoutError):
            detail = f"{self.origin} did not answer within {self.timeout:g} seconds"
        else:
            detail = f"{self.origin} did not answer: {str(error) or type(error).__name__}"
        return MockError(call, None, detail)


class Connections(Endpoint):
    """Persistent connections, each used by one call at a time. `close` closes them, and so does the end of this
    object."""

    def __init__(self, url: str, timeout: float) -> None:
        super().__init__(url, timeout)
        self._idle: list[http.client.HTTPConnection] = []  # append and pop are atomic
        weakref.finalize(self, _close_all, self._idle)

    def exchange(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None) -> Response:
        """Send a request and return its response. Raises MockError, without a status, if no response comes."""
        connection = self._idle_one() or _KINDS[self._parts.scheme](self._parts.netloc)
        connection.timeout = self.patience(target)
        try:
            if connection.sock is not None:
                connection.sock.settimeout(connection.timeout)
            connection.request(method, target, body, dict(headers))
            reply = connection.getresponse()
            response = Response(reply.status, reply.headers, reply.read())
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise self.no_response(f"{method} {target}", error) from error
        self._idle.append(connection)
        return response

    def close(self) -> None:
        """Close all idle connections; a later call opens a new one."""
        _close_all(self._idle)

    def _idle_one(self) -> http.client.HTTPConnection | None:
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread took it
                break
            if _is_alive(connection.sock):
                return connection
            connection.close()
        return None


def _is_alive(sock: socket.socket | None) -> bool:
    """Whether the connection is still open; servers close connections that were idle for some seconds."""
    if sock is None:
        return False
    timeout = sock.gettimeout()
    sock.settimeout(0)
    try:
        sock.recv(1)  # between two calls there is nothing to read but the end of the stream
    except (BlockingIOError, InterruptedError):
        return True
    except OSError:
        return False
    finally:
        sock.settimeout(timeout)
    return False


def _close_all(idle: list[http.client.HTTPConnection]) -> None:
    while idle:
        idle.pop().close()


def target(path: str, query: Mapping[str, Any] | None) -> str:
    """`path` with `query`, in which truths are written as in JSON."""
    texts = {name: json.dumps(value) if isinstance(value, bool) else value for name, value in (query or {}).items()}
    return f"{path}?{urlencode(texts)}" if texts else path


def refusal(call: str, status: int, body: bytes) -> MockError:
    """The error for an unsuccessful response: a problem document, or the text of a server that is not a mock."""
    try:
        problem = json.loads(body)
        detail = problem["detail"] or problem["title"]
    except (ValueError, LookupError, TypeError):
        text = " ".join(body.decode("utf-8", "replace").split())[:200]
        return MockError(call, status, f"{text or 'an empty response'} (is this a postfuze-mock?)")
    return MockError(call, status, detail, code=problem.get("code"), errors=problem.get("errors", ()))
