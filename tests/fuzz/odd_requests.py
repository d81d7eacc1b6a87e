"""Requests of the API and the control API, with odd values at any place that their specifications name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final
from urllib.parse import quote

from tests.fuzz.values import ODD_TEXTS, Raw, Samples, as_floats, encoded, mutated, nasty

from postfuze_fixtures import world_checks
from postfuze_mock import spec
from postfuze_mock.control import spec as control_spec
from postfuze_mock.settings import API_PATH, CONTROL_PATH

KEY: Final = "sk_live_fuzz"
IDS: Final = [f"{number:08x}-0000-4a9f-9b1c-2e7d6f0a1234" for number in range(3)]
PLATFORMS: Final = ("x", "facebook", "linkedin")
WORLD: Final = {
    "generate": 3,
    "clock": "2026-06-14T12:10:00.000Z,frozen",
    "accounts": [{"id": id, "platform": platform} for id, platform in zip(IDS, PLATFORMS, strict=True)],
    "sessions": [{"network": "facebook", "pages": 2, "expires_in": None}],
}
#: Calls of the control API that put something of each kind into the world.
FURNITURE: Final[tuple[tuple[str, str, Any], ...]] = (
    ("PUT", "/webhooks", [{"url": "http://127.0.0.1:9/hook", "signing_secret": "whsec_1"}]),
    ("POST", "/faults", {"operation": "*", "effect": {"status": 418, "delay_ms": [1, 2]}, "after": 1_000_000}),
    ("POST", "/faults", {"preset": "platform_down", "after": 1_000_000, "times": 3, "probability": 0.5}),
    ("POST", f"/accounts/{IDS[0]}/snapshots", {"snapshots": [{"captured_at": "2026-06-01T06:00:00Z", "followers": 1}]}),
    ("POST", "/accounts", {"id": "00000007-0000-4a9f-9b1c-2e7d6f0a1234", "behaviour": {"refresh": "fails"}}),
    ("DELETE", "/accounts/00000007-0000-4a9f-9b1c-2e7d6f0a1234", None),
    ("PUT", "/requests/settings", {"size": 20}),
)
ODD_HEADERS: Final = (
    ("Accept", "*/*;q=0"), ("Accept", "text/html"), ("Accept", "a" * 5_000), ("Content-Type", ""),
    ("Content-Type", "application/json; charset=utf-16"), ("Content-Encoding", "gzip"), ("Prefer", "code=9999"),
    ("Prefer", "delay=-1"), ("Prefer", 'code="4\\"'), ("Range", "bytes=0-,0-"), ("Origin", "null"), ("Host", ""),
    ("Expect", "200-maybe"), ("Connection", "upgrade, x"),
)  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """An operation of one of the two specifications; `document` is the whole specification."""

    method: str
    path: str
    base: str
    definition: Mapping[str, Any]
    document: Mapping[str, Any]

    @property
    def writes(self) -> bool:
        """Whether it is a write of the control API."""
        return self.base == CONTROL_PATH and self.method != "GET"

    @property
    def content(self) -> Mapping[str, Any]:
        """The Media Type Object of its body; empty without a body."""
        body = self.definition.get("requestBody", {"content": {"application/json": {}}})
        (content,) = body["content"].values()
        return dict(content)


@dataclass(frozen=True)
class Request:
    """A request as it is sent, with its method and path for people."""

    data: bytes

    def __str__(self) -> str:
        head, _, body = self.data.partition(b"\r\n\r\n")
        line = head.partition(b" HTTP/1.1")[0].decode(errors="backslashreplace")
        content = body[:400].decode("utf-8", "backslashreplace") + ("…" if len(body) > 400 else "")
        return f"{line[:300]} {content}".strip()


def operations() -> list[Operation]:
    """All operations of both specifications."""
    openapi = spec.load()
    return [
        Operation(method.upper(), path, base, definition, document)
        for base, document in ((API_PATH, openapi), (CONTROL_PATH, control_spec.load(openapi)))
        for path, item in document["paths"].items()
        for method, definition in item.items()
        if method in spec.METHODS
    ]


def request(
    method: str, target: str | bytes, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Request:
    """A request with the world's key; a `body` is sent as JSON unless `headers` say otherwise."""
    media_type = {} if body is None else {"Content-Type": "application/json"}
    fields = {"Host": "localhost", "Authorization": f"Bearer {KEY}", **media_type, **(headers or {})}
    raw = target.encode("utf-8", "surrogatepass") if isinstance(target, str) else target
    lines = [
        b"%b %b HTTP/1.1" % (method.encode(), raw),
        *(f"{name}: {value}".encode() for name, value in fields.items()),
    ]
    if body is not None:
        lines.append(b"Content-Length: %d" % len(body))
    return Request(b"\r\n".join([*lines, b"", body or b""]))


class OddRequests:
    """Makes odd requests, which follow from `random`, in a world with this saved `state`."""

    def __init__(self, random: Random, state: Mapping[str, Any] | None) -> None:
        self.random, self.state = random, state or {}

    def of(self, operation: Operation) -> Request:
        """A request of `operation`."""
        sessions = self.state.get("sessions", ())
        pages = [page["id"] for session in sessions for page in session["pages"]]
        known: dict[str, list[Any]] = {
            "id": IDS + [event["id"] for event in self.state.get("events", ())],
            "sessionToken": [session["session_token"] for session in sessions],
            "selectedPageIds": [pages[:1]] if pages else [],
        }
        samples = Samples(operation.document, self.random, known)
        headers = dict((self.random.choice(ODD_HEADERS),)) if self.random.random() < 0.05 else {}
        return request(operation.method, self._target(operation, samples), self._body(operation, samples), headers)

    def _target(self, operation: Operation, samples: Samples) -> str:
        path, pairs = operation.base + operation.path, list[str]()
        for parameter in map(samples.resolve, operation.definition.get("parameters", ())):
            schema = parameter["schema"]
            if parameter["name"] == "wait":  # a sound value would stop everything for a minute
                schema = {**schema, "maximum": 0.01}
            text = self._text(samples.value(schema, parameter["name"]))
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", text or "%20")
            elif parameter["in"] == "query" and self.random.random() < 0.6:
                pairs += [f"{parameter['name']}={text}"] * self.random.choice((1, 1, 1, 2))
        return path + (f"?{'&'.join(pairs)}" if pairs else "")

    def _text(self, value: Any) -> str:
        """A parameter with this value, or an odd one."""
        if self.random.random() < 0.3:
            value = self.random.choice((self.random.choice(ODD_TEXTS), nasty(self.random)))
        text = value.text if isinstance(value, Raw) else value if isinstance(value, str) else json.dumps(value)
        return quote(text[: self.random.choice((200, 200, 5_000))].encode("utf-8", "surrogatepass"), safe="")

    def _body(self, operation: Operation, samples: Samples) -> bytes | None:
        random = self.random
        if not operation.content:
            return b"{}" if random.random() < 0.02 else None
        value, kind = self._sound_body(operation, samples), random.randrange(10)
        if kind < 2:
            value = as_floats(value)
        elif kind < 8:
            for _ in range(random.choice((1, 1, 2))):
                value = mutated(value, random)
        content = encoded(value)
        if kind == 9 and content:  # bytes that are no JSON
            at = random.randrange(len(content))
            content = content[:at] + random.choice((b"", b"\xff", b"\xed\xa0\x80", b"\0", b",")) + content[at + 1 :]
        return content

    def _sound_body(self, operation: Operation, samples: Samples) -> Any:
        """A body that the operation accepts, mostly."""
        if operation.path == "/state" and self.state and self.random.random() < 0.8:
            return self.state
        if operation.path == "/reset" and self.random.random() < 0.7:
            return {"world": {**WORLD, **self._small_world()}}
        schema = samples.resolve(operation.content["schema"])
        example = operation.content.get("example", schema.get("example"))
        if example is not None and self.random.random() < 0.3:
            return example
        return samples.value(schema)

    def _small_world(self) -> Any:
        """Some parts of a world file, without what makes a world large."""
        schema = json.loads(world_checks.SCHEMA_FILE.read_bytes())
        parts = {name: schema["properties"][name] for name in ("accounts", "sessions", "webhooks", "clock", "seed")}
        return Samples(schema, self.random, {}).value({"type": "object", "properties": parts})
