"""Odd calls of the API and the control API.

Whatever comes, the server answers, with no status from 500 up, and each refusal is a problem document. A refused call
of the control API has changed nothing; after one that was accepted, all that can be read can still be read.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, Final

from tests.fuzz.odd_requests import FURNITURE, WORLD, OddRequests, Request, operations, request
from tests.fuzz.outcome import Outcome, Say
from tests.fuzz.values import encoded
from tests.support import schemas
from tests.support.keep_alive import DROPPED, Answer, Connection
from tests.support.processes import MockProcess
from tests.support.resources import peak_memory

from postfuze_mock.settings import API_PATH, CONTROL_PATH

BLOCK: Final = 50  # calls between two resets, which make a block the same wherever a run begins
STATE: Final = "/_mock/state"
#: What can be read after a write; `{id}` is an account's.
TOUR: Final = (
    "/api/v1/social-accounts?limit=100", "/api/v1/health", "/_mock/clock", "/_mock/accounts?deleted=true",
    "/_mock/sessions", "/_mock/faults", "/_mock/requests?limit=5", "/_mock/requests/settings", "/_mock/events",
    "/_mock/webhooks", "/_mock/worlds", "/_mock/health",
)  # fmt: skip
OF_AN_ACCOUNT: Final = (
    "/api/v1/social-accounts/{id}", "/api/v1/social-accounts/{id}/metrics", "/api/v1/social-accounts/{id}/health",
    "/api/v1/social-accounts/{id}/metrics?since=2026-01-01", "/_mock/accounts/{id}", "/_mock/accounts/{id}/snapshots",
)  # fmt: skip


def fuzz(count: int, seed: int, skip: int, say: Say) -> Outcome:
    """Send `count` odd calls, made from `seed`, after the first `skip`, to a server that validates its answers."""
    outcome, start = Outcome(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder, closing(_server(Path(folder))) as server:
        with closing(Connection(server.url)) as connection:
            attack = _Attack(connection, outcome)
            for number in range(skip - skip % BLOCK, skip + count):
                attack.call(number, seed)
                if (number - skip) % max(count // 10, 1) == 0:
                    say(f"{number - skip:,} calls, {len(outcome.findings)} findings")
        outcome.memory = peak_memory(server.process.pid)
        if "Traceback" in server.log:
            outcome.findings.append(f"a traceback in the log: {_first_traceback(server.log)}")
    outcome.seconds = time.monotonic() - start
    return outcome


def _server(folder: Path) -> MockProcess:
    return MockProcess("--validate-responses", folder=folder)


def _first_traceback(log: str) -> str:
    lines = log[log.index("Traceback") :].splitlines()
    end = next((at for at, line in enumerate(lines) if at and not line.startswith(" ")), len(lines) - 1)
    return " … ".join(line.strip() for line in lines[max(end - 3, 0) : end + 1])


class _Attack:
    """The calls on one server, and what is known of its world."""

    def __init__(self, connection: Connection, outcome: Outcome) -> None:
        self.connection, self.outcome = connection, outcome
        self.operations = operations()
        self.random = Random()
        self.place = ""
        self.state: Any = None
        self.stale = False

    def call(self, number: int, seed: int) -> None:
        """The call with this number."""
        self.place = f"--seed {seed} --skip {number - number % BLOCK} --count {BLOCK}"
        if number % BLOCK == 0:
            self.random = Random(f"{seed} {number}")
            self._reset()
        self.outcome.cases += 1
        operation = self.random.choice(self.operations)
        if operation.writes and self.stale:
            self._read_state()
        odd = OddRequests(self.random, self.state).of(operation)
        answer = self._send(odd)
        self.stale |= operation.base == API_PATH
        if not self._check(odd, answer):
            self._reset()
        elif operation.writes:
            self._check_effect(odd, answer)

    def _reset(self) -> None:
        start = ("POST", "/reset", {"world": WORLD, "seed": 1})
        for method, path, body in (start, *FURNITURE):
            content = None if body is None else encoded(body)
            answer = self._send(request(method, CONTROL_PATH + path, content))
            if not 200 <= answer.status < 300:
                self._find(f"the setting up of the world is answered {answer.status}: {answer.body[:300]!r}")
        self._read_state()

    def _read_state(self) -> None:
        self.state, self.stale = self._state(), False

    def _state(self) -> Any:
        """What a refused call must leave as it is: without what deliveries and a running clock change on their own."""
        answer = self._send(request("GET", STATE))
        if answer.status != 200:
            return None
        state = answer.json
        for event in state["events"]:
            event.pop("deliveries", None)
        if not state["clock"]["frozen"]:
            state["clock"].pop("now")
        return state

    def _check_effect(self, odd: Request, answer: Answer) -> None:
        """What was refused changed nothing; what was accepted left a world that can be read."""
        if answer.status >= 400:
            after = self._state()
            if after != self.state and self.state is not None:
                self._find(f"{odd} is answered {answer.status}, and changed {_difference(self.state, after)}")
                self._reset()
            return
        self._send(request("DELETE", "/_mock/faults"))
        for path in self._tour():
            read = self._send(request("GET", path))
            if read.status >= 500 or read is DROPPED:
                self._find(f"{odd} is answered {answer.status}; then GET {path} {read.status}: {read.body[:300]!r}")
                self._reset()
                return
        self._read_state()

    def _tour(self) -> Iterator[str]:
        """Some of what can be read, always the state; of an account, mostly of the last one."""
        yield from (STATE, *self.random.sample(TOUR, 4))
        ids = [each["account"]["id"] for each in (self._state() or {"accounts": []})["accounts"]]
        for path in self.random.sample(OF_AN_ACCOUNT, 4 if ids else 0):
            yield path.replace("{id}", self.random.choice((ids[-1], self.random.choice(ids))))

    def _check(self, odd: Request, answer: Answer) -> bool:
        """Whether the answer is one that a client can rely on."""
        what = flaw(answer)
        if what:
            self._find(f"{odd}: {what}: {answer.status} {answer.body[:300]!r}")
        return not what

    def _find(self, what: str) -> None:
        self.outcome.findings.append(f"{what} ({self.place})")

    def _send(self, odd: Request) -> Answer:
        try:
            return self.connection.call(odd.data)
        except (TimeoutError, ValueError):
            self.connection.close()
            return DROPPED


def flaw(answer: Answer) -> str:
    """What is wrong with an answer; empty if nothing is."""
    if answer.status == 0:
        return "no answer, or none in time"
    if answer.status >= 500:
        return "a failure"
    if answer.status < 400:
        return ""
    try:
        schemas.check("Problem", answer.json)
    except (AssertionError, ValueError) as error:
        return f"no problem document ({error})"
    sound = answer.media_type == "application/problem+json" and answer.json["status"] == answer.status
    return "" if sound else "a problem document of another type or status"


def _difference(before: Any, after: Any, path: str = "") -> str:
    """Where two states differ first."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in [*before, *(set(after) - set(before))]:
            if before.get(name) != after.get(name):
                return _difference(before.get(name), after.get(name), f"{path}/{name}")
    return f"{path or 'all'}: {str(before)[:100]} became {str(after)[:100]}"
