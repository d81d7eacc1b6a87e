"""The state of a request, which one stage after the other completes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Scope

from postfuze_mock.worlds.world import World

SCOPE_KEY = "postfuze.call"
#: In the scope of a refused request: the rule that refused it.
RULE_KEY = "postfuze.rule"


@dataclass(slots=True)
class Call:
    """A routed request.

    `operation` is the operationId; `headers` have lower-case names; `path` holds the percent-decoded path parameters.
    Security sets `world` (None if neither a key nor a session leads to one), validation sets `parameters`, the
    arguments of the handler. `fault` is the id of the scripted fault that hit the call, and `behaviour` is how that
    fault makes the platforms behave. `body` is the beginning of the request body, if it was read. `seen` is the
    revision of a world from memory, which no transaction has compared yet with what is stored.
    """

    operation: str
    headers: dict[bytes, bytes]
    path: dict[str, str]
    world: World | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    fault: str | None = None
    behaviour: Mapping[str, Any] | None = None
    body: bytes | None = None
    seen: int | None = None


def call_of(scope: Scope) -> Call:
    """The call that routing put into `scope`."""
    call: Call = scope[SCOPE_KEY]
    return call
