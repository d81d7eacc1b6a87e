"""A TCP server in front of another one, which can let nobody through."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

_CHUNK: Final = 65536


class Gate:
    """Listens on `port` of 127.0.0.1 for the server at `target`, another port there."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._moving = threading.Event()
        self._moving.set()
        self._listener = _listening(0)
        self.port: int = self._listener.getsockname()[1]
        self._accept_in_thread()

    def close(self) -> None:
        """Refuse connections, and end those that there are."""
        _end(self._listener)
        for pair in self._pairs:
            for end in pair:
                _end(end)
        self._pairs.clear()

    def open(self) -> None:
        """Let everybody through again, after `close`."""
        self._listener = _listening(self.port)
        self._accept_in_thread()

    def freeze(self) -> None:
        """Accept connections and data, but pass nothing on."""
        self._moving.clear()

    def thaw(self) -> None:
        """Pass on what came in since `freeze`, and what comes."""
        self._moving.set()

    def _accept_in_thread(self) -> None:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                self._pairs.append((client, server))
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(_CHUNK):
                self._moving.wait()
                sink.sendall(data)
        _end(sink)


@contextmanager
def gate(target: int) -> Iterator[Gate]:
    """A gate, which is closed in the end."""
    made = Gate(target)
    try:
        yield made
    finally:
        made.thaw()
        made.close()


def _listening(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    return listener


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
