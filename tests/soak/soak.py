"""The soak: mixed calls on many worlds over a few connections, each answer compared with the model of its world."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from random import Random
from statistics import median
from typing import Final

import psutil
from tests.soak import account_calls, connect_calls, world_calls, wrong_calls
from tests.soak.model_world import START, Call, ModelWorld, Violation, same
from tests.soak.receiver import Receiver
from tests.soak.requests import MIX, control
from tests.support.keep_alive import DROPPED, Connection
from tests.support.processes import MockProcess
from tests.support.times import until

from postfuze_fixtures.timestamps import MINUTE_MS

KINDS: Final = (account_calls, connect_calls, world_calls, wrong_calls)  # they register in MIX
CONNECTIONS: Final = 16
ROOM: Final = 20  # worlds of keys that are used once
SAMPLES: Final = 200  # of memory and descriptors, in a whole run
TOLERANCE: Final = 0.05  # by which memory and descriptors may grow
Say = Callable[[str], None]


@dataclass
class Figures:
    """What a soak measured. `memory` (bytes) and `descriptors` are samples at even distances."""

    calls: int = 0
    seconds: float = 0.0
    worlds: int = 0
    deliveries: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    memory: list[int] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)


def quarters(samples: list[int]) -> tuple[float, float]:
    """The medians of the second quarter, when all worlds are in use, and of the last one."""
    quarter = max(len(samples) // 4, 1)
    return median(samples[quarter : 2 * quarter] or samples), median(samples[-quarter:])


def check_flat(what: str, samples: list[int]) -> None:
    """Raises Violation if `samples` grow after the first quarter."""
    before, after = quarters(samples)
    if after > before * (1 + TOLERANCE):
        raise Violation(f"{what} grew from {before:,.0f} to {after:,.0f}, by more than {TOLERANCE:.0%}")


class Soak:
    """A soak of `calls` calls on `worlds` worlds of `server`. What it sends follows from `seed`."""

    def __init__(
        self, server: MockProcess, receiver: Receiver, *, calls: int, worlds: int, seed: int, say: Say
    ) -> None:
        self.server, self.receiver, self.calls, self.say = server, receiver, calls, say
        self.process, self.figures = psutil.Process(server.process.pid), Figures(worlds=worlds)
        names = [f"soak-{number}" for number in range(worlds)]
        self.worlds = [ModelWorld(name, Random(f"{seed} {name}"), receiver.url) for name in names]
        self.connections = [Connection(server.url) for _ in range(min(CONNECTIONS, worlds))]
        self._makers, self._weights = list(MIX), list(accumulate(MIX.values()))

    def run(self) -> Figures:
        """Make all calls, then compare all states. Raises Violation."""
        start = time.monotonic()
        try:
            for world in self.worlds:
                self._learn(world)
            for turn in range(-(-self.calls // len(self.connections))):
                self._turn(turn)
                self._sample()
                self.figures.seconds = time.monotonic() - start
            self._check_worlds()
        finally:
            for connection in self.connections:
                connection.close()
        self._check_resources()
        return self.figures

    def _learn(self, world: ModelWorld) -> None:
        answer = self.connections[0].call(control(world, "GET", "/state"))
        world.learn(answer.json)

    def _turn(self, turn: int) -> None:
        """One call on each connection. A connection has worlds of its own, so the calls of a world are in order."""
        step = len(self.connections)
        pending = []
        for number, connection in enumerate(self.connections):
            own = self.worlds[number::step]
            world = own[turn % len(own)]
            call = self._call(world)
            connection.send(call.request)
            if call.ends == "before":
                connection.reset()
            pending.append((world, call, connection))
        for world, call, connection in pending:
            self._settle(world, call, connection)

    def _call(self, world: ModelWorld) -> Call:
        while True:
            (maker,) = world.random.choices(self._makers, cum_weights=self._weights)
            call = maker(world)
            if call is not None:
                world.calls += 1
                return call

    def _settle(self, world: ModelWorld, call: Call, connection: Connection) -> None:
        try:
            answer = DROPPED if call.ends == "before" else connection.receive()
            if call.ends == "after":
                connection.reset()
            world.settle(call, answer)
        except (Violation, ValueError, TypeError, KeyError, AssertionError, TimeoutError) as error:
            place = f"world {world.name}, call {world.calls} ({self.figures.calls} in all): {call}"
            raise Violation(f"{place}: {type(error).__name__}: {error}") from error
        self.figures.calls += 1
        self.figures.statuses[answer.status] += 1

    def _sample(self) -> None:
        every = max(self.calls // SAMPLES, 1)
        if self.figures.calls // every < len(self.figures.memory) + 1:
            return
        self.figures.memory.append(self.process.memory_info().rss)
        self.figures.descriptors.append(self.process.num_fds())
        if len(self.figures.memory) % (SAMPLES // 20) == 0:
            megabytes = self.figures.memory[-1] / 1e6
            self.say(f"{self.figures.calls:,} calls, {megabytes:.1f} MB, {self.figures.seconds:.0f} s")

    def _check_worlds(self) -> None:
        """Compare each world's state, and what its webhook got."""
        check_states(self.server, self.worlds)
        for world in self.worlds:
            self._check_deliveries(world)
        self.figures.deliveries = self.receiver.deliveries

    def _check_deliveries(self, world: ModelWorld) -> None:
        if not world.webhook:
            return
        events = world.organization.events[world.subscribed_from :]
        path = world.webhook.removeprefix(self.receiver.url)

        def missing() -> Counter[tuple[str, str]]:
            return Counter(events) - Counter(list(self.receiver.accepted[path].values()))

        def delivered() -> bool:
            if missing():  # what the receiver refused is sent again a minute later
                self.connections[0].call(control(world, "POST", "/clock/advance", {"seconds": MINUTE_MS // 1000}))
                world.organization.now += MINUTE_MS
            return not missing()

        try:
            until(delivered, f"{len(events)} events at {world.webhook}")
        except AssertionError as error:
            raise Violation(str(error)) from error
        if not world.restored:
            same("the events at the webhook", Counter(self.receiver.accepted[path].values()), Counter(events))

    def _check_resources(self) -> None:
        check_flat("memory", self.figures.memory)
        check_flat("descriptors", self.figures.descriptors)
        same("the server's exit code", self.server.send(signal.SIGTERM), 0)
        lines = [line for line in self.server.stderr.splitlines() if "Traceback" in line or " ERROR " in line]
        same("tracebacks and errors in the log", lines, [])


def check_states(server: MockProcess, worlds: Sequence[ModelWorld]) -> None:
    """Compare the state of each world with its model. Raises Violation."""
    with closing(Connection(server.url)) as connection:
        for world in worlds:
            answer = connection.call(control(world, "GET", "/state"))
            try:
                world.check_state(answer.json)
            except (Violation, ValueError, KeyError) as error:
                raise Violation(f"the state of world {world.name}: {type(error).__name__}: {error}") from error


def soak(folder: Path, *, calls: int, worlds: int, seed: int, say: Say) -> Figures:
    """Run a soak on a new server, whose output and state file are in `folder`; then restart the server, and compare all
    states again. Raises Violation."""
    state_file, most = folder / "state.json", str(worlds + ROOM)
    arguments = ("--clock", f"{START},frozen", "--state-file", state_file, "--max-worlds", most)
    with closing(Receiver()) as receiver:
        with closing(MockProcess(*arguments, folder=folder)) as server:
            run = Soak(server, receiver, calls=calls, worlds=worlds, seed=seed, say=say)
            figures = run.run()
        with closing(MockProcess(*arguments, folder=folder)) as server:
            check_states(server, run.worlds)
    return figures
