"""Odd state files and world files.

A start with one is refused in one sentence, or gives a server that answers every read of the API and of the control
API, whose worlds can be saved, restored and reset. The files are made from good ones: with values of their schemas,
with nasty values anywhere, with integers written as floats, and with bytes cut and changed.
"""

from __future__ import annotations

import json
import re
import resource
import tempfile
import time
from collections.abc import Iterator
from copy import deepcopy
from functools import reduce
from pathlib import Path as FilePath
from random import Random
from typing import Any, Final, NamedTuple

import yaml
from tests.fuzz.outcome import Outcome, Say
from tests.fuzz.values import Path, Samples, as_floats, encoded, mutated, nodes
from tests.support.in_process import App

from postfuze_fixtures import world_checks, world_file
from postfuze_mock import spec
from postfuze_mock.app import autosave, make_worlds
from postfuze_mock.control import spec as control_spec
from postfuze_mock.domain.keys import parse
from postfuze_mock.settings import Settings

ID: Final = "00000001-0000-4a9f-9b1c-2e7d6f0a1234"
AT: Final = "2026-06-14T12:10:00.000Z"
#: A world file with something of each kind.
WORLD: Final[dict[str, Any]] = {
    "seed": 3,
    "clock": f"{AT},frozen",
    "generate": {"x": 1, "facebook": 1, "google_business": 1},
    "accounts": [
        {
            "id": ID,
            "platform": "linkedin",
            "created_at": "2026-01-01T00:00:00Z",
            "token_expires_at": AT,
            "refreshed_until": "2026-06-15T00:00:00Z",
            "behaviour": {"platform": "unreachable", "refresh": "fails", "snapshots": 3},
            "metrics": {"followers": 5},
            "snapshots": [{"captured_at": "2026-06-01T00:00:00Z", "followers": 4, "raw": {"a": [1, {"b": None}]}}],
        }
    ],
    "sessions": [
        {"token": "t1", "network": "facebook", "pages": 2, "expires_in": None, "tenant_id": "t"},
        {"network": "reddit", "pages": [{"id": "1", "name": "A"}, {"id": "2"}], "expires_in": 60},
    ],
    "webhooks": [{"url": "http://127.0.0.1:9/hook", "events": ["account.connected"], "signing_secret": "s"}],
    "assume": {"list.disabled": "hidden"},
    "keys": [{"key": "sk_live_acme", "scopes": ["*"]}, {"key": "sk_test_b", "world": "acme", "status": "revoked"}],
    "worlds": {"acme": {"generate": 2, "sessions": []}},
}
#: Calls that put what a world file cannot have into the world.
CALLS: Final[tuple[tuple[str, str, Any], ...]] = (
    ("POST", "/_mock/faults", {"operation": "*", "effect": {"status": 418, "delay_ms": [1, 2]}, "after": 1_000_000}),
    ("POST", "/_mock/faults", {"preset": "platform_down", "times": 3, "probability": 0.5, "after": 1_000_000}),
    ("POST", "/api/v1/social-networks/x/auth-url", {"redirect_uri": "http://localhost:3000/", "tenant_id": "t"}),
    ("GET", f"/api/v1/social-accounts/{ID}/health", None),
    ("DELETE", f"/api/v1/social-accounts/{ID}", None),
    ("PUT", "/_mock/requests/settings", {"size": 20}),
)
AT_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT")
ODD_TIMES: Final = (
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z",
    "9998-12-31T23:59:59.999Z", "9999-01-01T00:00:00Z", "2016-12-31T23:59:60Z", "2026-06-14t12:10:00z",
    "2026-06-14 12:10:00 02:00", f"2026-06-14T12:10:00.{'9' * 400}Z", "0001-01-01T00:00:00+14:00",
)  # fmt: skip
READS: Final = (
    "/_mock/state", "/_mock/clock", "/_mock/accounts?deleted=true", "/_mock/sessions", "/_mock/faults",
    "/_mock/requests", "/_mock/requests/settings", "/_mock/events", "/_mock/webhooks", "/_mock/worlds", "/_mock/health",
    "/api/v1/health", "/api/v1/social-accounts?limit=100",
)  # fmt: skip
OF_AN_ACCOUNT: Final = (
    "/_mock/accounts/{}", "/_mock/accounts/{}/snapshots", "/api/v1/social-accounts/{}",
    "/api/v1/social-accounts/{}/health", "/api/v1/social-accounts/{}/metrics",
    "/api/v1/social-accounts/{}/metrics?since=0",
)  # fmt: skip
MAX_ACCOUNTS: Final = 5  # of a world that are read


def fuzz(count: int, seed: int, skip: int, say: Say) -> Outcome:
    """Start with `count` odd files, made from `seed`, after the first `skip`."""
    outcome, start = Outcome(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        attack = _Attack(FilePath(folder), outcome)
        for number in range(skip, skip + count):
            attack.start(number, seed)
            if (number - skip) % max(count // 10, 1) == 0:
                say(f"{number - skip:,} files, {len(outcome.findings)} findings")
    outcome.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    outcome.seconds = time.monotonic() - start
    return outcome


class _Good(NamedTuple):
    """A good file: its document, the parts that are replaced by values of their schemas, and the schema's document."""

    document: dict[str, Any]
    parts: dict[str, Any]
    schemas: dict[str, Any]


def _is_told(error: Exception) -> bool:
    """Whether the message is one sentence, or one for each mistake of a world file, up to a number of them."""
    lines = error.lines if isinstance(error, world_file.WorldFileError) else (str(error),)
    return len(lines) <= world_file.MAX_MISTAKES + 1 and all(line and "\n" not in line for line in lines)


class _Attack:
    """Starts with files in `folder`; the application is built once, its worlds are replaced."""

    def __init__(self, folder: FilePath, outcome: Outcome) -> None:
        self.folder, self.outcome = folder, outcome
        self.app = App(Settings(validate_responses=True))
        self.state, self.world = _good_state(folder), _good_world()

    def start(self, number: int, seed: int) -> None:
        """Start with the file of this number."""
        random = Random(f"{seed} {number}")
        self.outcome.cases += 1
        is_state = random.random() < 0.6
        content = _odd(self.state if is_state else self.world, random, is_state)
        path = self.folder / ("state.json" if is_state else "world.yaml")
        path.write_bytes(content)
        try:
            names = self._restored(path) if is_state else self._built(path, number)
            problem = next((flaw for name in names for flaw in self._flaws(name)), "")
        except (ValueError, OSError) as error:
            problem = "" if _is_told(error) else f"is refused in no sentence: {error!r}"
        except Exception as error:  # noqa: BLE001 - any exception would be a traceback for the user
            problem = f"fails with {error!r}"
        if problem:
            self.outcome.findings.append(f"a {path.name} {problem[:600]} (--seed {seed} --skip {number} --count 1)")

    def _restored(self, path: FilePath) -> list[str]:
        """The worlds that a start restores from the state file at `path`. Raises ValueError."""
        saving = autosave(Settings(state_file=str(path)), self.app.worlds)
        assert saving is not None
        saving.close()
        return list(json.loads(path.read_bytes())["worlds"])

    def _built(self, path: FilePath, number: int) -> list[str]:
        """The worlds that a start with the world file at `path` builds. Raises ValueError."""
        make_worlds(Settings(world=str(path)))
        template = world_file.load(path)
        self.app.worlds.use_template(template)
        names = [f"world-{number}", *template.worlds]
        for name in names:
            self.app.worlds.rebuild(self.app.worlds.world(name), template.for_world(name))
        return names

    def _flaws(self, name: str) -> Iterator[str]:
        """What is wrong with the world `name`, if its name is one that a key has."""
        key = parse(f"sk_live_{name}")
        if key is None or key.name != name:
            return
        for round in ("", "after a restore, ", "after a reset, "):
            yield from (f"is accepted; {round}{flaw}" for flaw in self._reads(name))
            state = self.app.call("GET", "/_mock/state", name)
            write = ("PUT", "/_mock/state", name, state.body) if not round else ("POST", "/_mock/reset", name)
            answer = self.app.call(*write)
            if answer.status != 204:
                yield f"is accepted; {write[:2]} is answered {answer}"

    def _reads(self, name: str) -> Iterator[str]:
        """The reads that fail. Faults go first, because they may ask for that."""
        state = json.loads(self.app.call("GET", "/_mock/state", name).body)
        self.app.call("DELETE", "/_mock/faults", name)
        ids = [each["account"]["id"] for each in state["accounts"]][:MAX_ACCOUNTS]
        tokens = [session["session_token"] for session in state["sessions"]][:MAX_ACCOUNTS]
        paths = [*READS, *(path.format(id) for id in ids for path in OF_AN_ACCOUNT)]
        for path in [*paths, *(f"/api/v1/social-accounts/pending/{token}" for token in tokens)]:
            answer = self.app.call("GET", path, name)
            if answer.status >= 500:
                yield f"GET {path} is answered {answer}"
        for session in state["sessions"][:MAX_ACCOUNTS]:
            body = json.dumps({"selectedPageIds": [page["id"] for page in session["pages"]]}).encode()
            path = f"/api/v1/social-accounts/pending/{session['session_token']}/finalize"
            answer = self.app.call("POST", path, name, body)
            if answer.status >= 500:
                yield f"POST {path} is answered {answer}"


def _odd(good: _Good, random: Random, is_state: bool) -> bytes:
    """An odd file, made from a good one."""
    document, kind = deepcopy(good.document), random.randrange(10)
    if kind < 4:
        parts = _parts(document, is_state)
        samples = Samples(good.schemas, random, {"id": [ID]})
        for name in random.sample(list(good.parts), random.choice((1, 1, 2, 3))):
            parts[name] = samples.value(good.parts[name])
    if kind in (1, 5):
        _move_times(document, random)
    value: Any = as_floats(document) if kind in (3, 4) else document
    for _ in range(random.choice((1, 1, 2)) if kind in (2, 3, 5, 6, 7, 8) else 0):
        value = mutated(value, random)
    content = encoded(value) if is_state or kind != 9 else yaml.safe_dump(value).encode()
    return _damaged(content, random) if kind == 9 else content


def _move_times(document: Any, random: Random) -> None:
    """Replace some timestamps by the first and the last ones, and others that are valid but rare."""
    paths = [path for path in nodes(document) if path and AT_TIME.match(str(_at(document, path)))]
    for path in random.sample(paths, min(len(paths), random.choice((1, 2, 5)))):
        _at(document, path[:-1])[path[-1]] = random.choice(ODD_TIMES)


def _at(value: Any, path: Path) -> Any:
    return reduce(lambda node, key: node[key], path, value)


def _parts(document: dict[str, Any], is_state: bool) -> dict[str, Any]:
    parts: dict[str, Any] = document["worlds"]["acme"]["state"] if is_state else document
    return parts


def _damaged(content: bytes, random: Random) -> bytes:
    """`content` with some bytes cut out or changed."""
    at, size = random.randrange(len(content)), random.choice((1, 1, 2, 100, len(content)))
    put = random.choice((b"", b"", bytes([random.randrange(256)]), b'"', b"[", b"}", b"9", b"\xff", b"*a", b"\0"))
    return content[:at] + put + content[at + size :]


def _good_state(folder: FilePath) -> _Good:
    app, path = App(Settings()), folder / "good.json"
    app.worlds.rebuild(app.worlds.world("acme"), world_file.from_document(WORLD))
    for method, target, body in CALLS:
        answer = app.call(method, target, "acme", None if body is None else json.dumps(body).encode())
        assert answer.status < 300, answer
    path.write_bytes(app.saved())
    document = control_spec.load(spec.load())
    return _Good(json.loads(path.read_bytes()), document["components"]["schemas"]["State"]["properties"], document)


def _good_world() -> _Good:
    schema = json.loads(world_checks.SCHEMA_FILE.read_bytes())
    parts = {name: part for name, part in schema["properties"].items() if name != "generate"}
    return _Good(WORLD, parts, schema)
