"""Several processes on one engine, behind the round-robin proxy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.support.keep_alive import Answer, Connection
from tests.support.processes import MockProcess
from tests.support.round_robin import RoundRobin
from tests.support.servers import RunningMock


class Cluster(RunningMock):
    """`count` processes of `postfuze-mock serve --state STATE FLAGS`, whose requests a proxy at `url` shares out. What
    they wrote goes to folders in `folder`."""

    def __init__(self, state: str, count: int, *flags: str | Path, folder: Path) -> None:
        self._flags = ("--state", state, *flags)
        self._folder = folder
        self._ended: list[MockProcess] = []
        self.processes: list[MockProcess] = []
        try:
            for _ in range(count):
                self.processes.append(self._started())
        except BaseException:
            for process in self.processes:
                process.close()
            raise
        self.proxy = RoundRobin(*self.urls)
        super().__init__(self.proxy.url)

    @property
    def urls(self) -> list[str]:
        """The URLs of the processes."""
        return [process.url for process in self.processes]

    @property
    def log(self) -> str:
        return "\n".join(process.log for process in [*self._ended, *self.processes])

    def kill(self, index: int) -> None:
        """Kill a process, as `kill -9` does."""
        self.processes[index].process.kill()
        self.processes[index].process.wait()

    def restart(self, index: int) -> None:
        """Start another process in the place of one that was killed."""
        self._ended.append(self.processes[index])
        self.processes[index] = self._started()
        self.proxy.backends[index] = self.processes[index].url

    def _started(self) -> MockProcess:
        folder = self._folder / f"process-{len(self._ended) + len(self.processes)}"
        folder.mkdir(parents=True)
        return MockProcess(*self._flags, folder=folder)

    def _end(self) -> None:
        self.proxy.close()
        for process in [*self._ended, *self.processes]:
            process.close()


def volley(urls: Sequence[str], requests: Iterable[bytes]) -> list[Answer]:
    """The answers to requests that are all sent, to one server after the other, before the first answer is read."""
    connections = []
    try:
        for number, request in enumerate(requests):
            connections.append(Connection(urls[number % len(urls)]))
            connections[-1].send(request)
        return [connection.receive() for connection in connections]
    finally:
        for connection in connections:
            connection.close()
