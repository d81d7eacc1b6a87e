"""A receiver of webhooks, which fails now and then."""

from __future__ import annotations

import socket
import threading
from collections import defaultdict
from contextlib import suppress
from typing import Final

import orjson

_OK: Final = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
_FAILED: Final = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
#: Events whose id begins with this fail at their first attempt: one in sixteen.
_UNLUCKY: Final = "0"


class Receiver:
    """Listens on loopback, in a thread, at `url`. `accepted` has the accepted events (name, account id) by path and the
    event's id."""

    def __init__(self) -> None:
        self.accepted: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
        self.deliveries = 0
        self._failed: set[tuple[str, str]] = set()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, suppress(OSError, ValueError):  # the mock gives up deliveries of a world that is reset
                connection.settimeout(10)
                connection.sendall(self._answer(connection))

    def _answer(self, connection: socket.socket) -> bytes:
        head, _, body = _read(connection).partition(b"\r\n\r\n")
        path, event = head.split(b" ", 2)[1].decode(), orjson.loads(body)
        self.deliveries += 1
        if event["id"].startswith(_UNLUCKY) and (path, event["id"]) not in self._failed:
            self._failed.add((path, event["id"]))
            return _FAILED
        self.accepted[path][event["id"]] = (event["event"], event["data"]["id"])
        return _OK


def _read(connection: socket.socket) -> bytes:
    """One request. Raises ValueError if it is cut off."""
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0 or len(data) < end + 4 + _length(data[:end]):
        part = connection.recv(65_536)
        if not part:
            raise ValueError("cut off")
        data += part
    return data


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
