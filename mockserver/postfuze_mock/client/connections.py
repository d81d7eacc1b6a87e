"""Kept connections to one server, which threads may share."""

from __future__ import annotations

import http.client
import socket
import weakref
from collections.abc import Mapping
from email.message import Message
from typing import NamedTuple
from urllib.parse import urlsplit

from postfuze_mock.client.errors import MockError

_KINDS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


class Answer(NamedTuple):
    """An answer; `headers` compare names without case."""

    status: int
    headers: Message
    body: bytes


class Connections:
    """Connections to the server at `url` (scheme, host and port count), each used by one call at a time; `timeout` is
    in seconds. They are closed by `close`, and when nobody holds this any more."""

    def __init__(self, url: str, timeout: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _KINDS or not parts.hostname:
            raise ValueError(f"A mock's URL is like http://127.0.0.1:8080, not {url!r}.")
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.timeout = timeout
        self._open = _KINDS[parts.scheme]
        self._netloc = parts.netloc
        self._idle: list[http.client.HTTPConnection] = []  # append and pop are atomic
        weakref.finalize(self, _close_all, self._idle)

    def exchange(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """The answer to one call. Raises MockError, without a status, where none comes."""
        connection = self._idle_one() or self._open(self._netloc, timeout=self.timeout)
        try:
            connection.request(method, target, body, dict(headers))
            answer = connection.getresponse()
            result = Answer(answer.status, answer.headers, answer.read())
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise self._no_answer(f"{method} {target}", error) from error
        self._idle.append(connection)
        return result

    def close(self) -> None:
        """Close all that are idle; a later call opens a new one."""
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

    def _no_answer(self, call: str, error: Exception) -> MockError:
        if isinstance(error, ConnectionRefusedError):
            port = self._netloc.rpartition(":")[2]
            hint = f" --port {port}" if port.isdecimal() else ""
            detail = f"no mock listens at {self.origin}; start one with: postfuze-mock serve{hint}"
        elif isinstance(error, TimeoutError):
            detail = f"{self.origin} did not answer within {self.timeout:g} seconds"
        else:
            detail = f"{self.origin} did not answer: {str(error) or type(error).__name__}"
        return MockError(call, None, detail)


def _is_alive(sock: socket.socket | None) -> bool:
    """Whether the server still holds the connection: a server closes one that was idle for some seconds."""
    if sock is None:
        return False
    patience = sock.gettimeout()
    sock.settimeout(0)
    try:
        sock.recv(1)  # between two calls there is nothing to read, but the end
    except (BlockingIOError, InterruptedError):
        return True
    except OSError:
        return False
    finally:
        sock.settimeout(patience)
    return False


def _close_all(idle: list[http.client.HTTPConnection]) -> None:
    while idle:
        idle.pop().close()
