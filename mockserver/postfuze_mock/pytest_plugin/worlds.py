"""The world of a test: its name, its client, its start and its end."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator

import pytest

from postfuze_mock.client import Mock, MockError
from postfuze_mock.pytest_plugin.marker import Start
from postfuze_mock.pytest_plugin.report import WORLD
from postfuze_mock.pytest_plugin.server import Server
from postfuze_mock.pytest_plugin.sharing import suffix

__tracebackhide__ = True  # as in the client


class OwnWorld(Mock):
    """The client of a test's world. Tests run side by side, so other worlds that it opens are the test's own as well,
    and it does not reset those of others."""

    def __init__(self, url: str, name: str, control_token: str | None) -> None:
        super().__init__(url, f"sk_test_{name}", control_token)
        self._name = name
        self._others: dict[str, OwnWorld] = {}

    def world(self, name: str) -> OwnWorld:
        """A client for another world of this test, such as a second organization; other tests have theirs."""
        if name not in self._others:
            other = OwnWorld(self.url, world_name(f"{self._name}::{name}"), self.control_token)
            other.reset()  # a run that was killed may have left it as it was
            self._others[name] = other
        return self._others[name]

    def end(self) -> None:
        """Reset the test's worlds, so that the server may drop them. Raises MockError."""
        for other in self._others.values():
            other.end()
        self.reset()

    def close(self) -> None:
        """Close the connections, also those of the other worlds."""
        for other in self._others.values():
            other.close()
        super().close()

    def _exchange(self, method: str, target: str, body: bytes | None) -> tuple[int, bytes]:
        refuse_reset_of_all(target)
        return super()._exchange(method, target, body)


def refuse_reset_of_all(target: str) -> None:
    """Raises ValueError if the call `target` would reset every world."""
    if target.startswith("/reset?") and "all=true" in target:
        raise ValueError(
            "reset(all=True) would also reset the worlds of tests that run at the same time: call reset() for this "
            "test's own world, or use a client of your own, Mock(postfuze.url)"
        )


def world_of(server: Server, node: pytest.Item) -> Iterator[OwnWorld]:
    """The client of the world of the test `node`, reset when the test ends."""
    mock = OwnWorld(server.url, world_name(node.nodeid, suffix(node.config)), server.control_token)
    _fail(_problem(lambda: Start.of(node).apply(mock), server))
    node.stash[WORLD] = mock
    yield mock
    del node.stash[WORLD]
    problem = _problem(mock.end, server)
    mock.close()
    _fail(problem)


def _problem(step: Callable[[], object], server: Server) -> str | None:
    """Why `step` failed, if it did; tests show it without a traceback through the plugin."""
    try:
        step()
    except MockError as error:
        return server.explain(error)
    except (TypeError, ValueError) as error:
        return str(error)
    return None


def _fail(problem: str | None) -> None:
    if problem is not None:
        pytest.fail(problem, pytrace=False)


def world_name(nodeid: str, suffix: str = "") -> str:
    """The name of a test's world: equal in every run, because the world's data depends on it, whichever worker has the
    test. It shows the test's name, and a digest of its id keeps it apart."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", nodeid.rpartition("::")[2]).strip("-")[:40]
    digest = hashlib.blake2s(nodeid.encode(), digest_size=6).hexdigest()
    return "-".join(filter(None, [words, digest, suffix]))
