"""One mock for all workers of pytest-xdist.

It is a child of the controller, because a worker may crash while others go on. The controller offers a port of
loopback; the first worker that asks there makes it start the mock. So nothing starts before a test needs it.
"""

from __future__ import annotations

import hmac
import json
import os
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from postfuze_mock.launch.server_process import ServerProcess

INPUT: Final = "postfuze"
_PATIENCE: Final = 150.0  # seconds: more than the start of a server may take
_OFFER: Final = pytest.StashKey["Offer"]()


class Offer:
    """The controller's side: answers each worker with the URL of the mock, or with what is wrong."""

    def __init__(self, config: pytest.Config) -> None:
        self.token = os.urandom(16).hex()
        self._config = config
        self._server: ServerProcess | None = None
        self._failure: str | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._answer_all, name="postfuze-mock-offer", daemon=True).start()

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    def close(self) -> None:
        """Stop the mock, if one was started."""
        self._listener.close()
        if self._server is not None:
            self._server.stop()

    def _answer_all(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed
                return
            with connection, suppress(OSError):
                connection.settimeout(5)
                if hmac.compare_digest(connection.recv(len(self.token)), self.token.encode()):
                    connection.sendall(json.dumps(self._answer()).encode())

    def _answer(self) -> dict[str, str | None]:
        """`url`, and what is wrong with the mock there, if anything."""
        if self._server is None and self._failure is None:
            from postfuze_mock.client import MockError
            from postfuze_mock.pytest_plugin.server import start

            try:
                self._server = start(self._config)
            except (MockError, ValueError) as error:
                self._failure = str(error)
        if self._server is None:
            return {"url": None, "problem": self._failure}
        return {"url": self._server.url, "problem": self._server.ending()}


class Shared:
    """A worker's side. Raises ValueError (one sentence) if the controller has no mock."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token
        answer = self._ask()
        if answer["url"] is None:
            raise ValueError(answer["problem"])
        self.url: str = answer["url"]

    def ending(self) -> str | None:
        problem: str | None = self._ask()["problem"]
        return problem

    def _ask(self) -> dict[str, Any]:
        try:
            with socket.create_connection(("127.0.0.1", self._port), _PATIENCE) as connection:
                connection.sendall(self._token.encode())
                with connection.makefile("rb") as stream:
                    answer: dict[str, Any] = json.loads(stream.read())
        except (OSError, ValueError) as error:
            return {
                "url": None,
                "problem": "the controller of pytest-xdist, which starts the mock, does not answer; workers on other "
                f"machines need --postfuze-url ({error})",
            }
        return answer


def offer(node: Any) -> None:
    """In the controller: let the worker of `node` ask for the mock."""
    config: pytest.Config = node.config
    if _OFFER not in config.stash:
        config.stash[_OFFER] = Offer(config)
        config.add_cleanup(config.stash[_OFFER].close)
    offer = config.stash[_OFFER]
    every = config.getoption("dist") == "each"
    node.workerinput[INPUT] = {"port": offer.port, "token": offer.token, "suffix": node.gateway.id if every else ""}


def shared(config: pytest.Config) -> Shared | None:
    """In a worker: the mock of the controller. None in a process that is no worker."""
    workerinput = getattr(config, "workerinput", {}).get(INPUT)
    return Shared(workerinput["port"], workerinput["token"]) if workerinput else None


def suffix(config: pytest.Config) -> str:
    """What tells the worlds of this worker from those of others that run the same tests (`--dist each`)."""
    text: str = getattr(config, "workerinput", {}).get(INPUT, {}).get("suffix", "")
    return text
