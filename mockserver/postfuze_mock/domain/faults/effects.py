"""What a fault does to a call: which effects go together, and which problem a status comes with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypedDict

from postfuze_mock.domain.faults.corruption import Corruption
from postfuze_mock.problems import Problem, refused, title, too_many, unauthorized

#: The longest delay, in milliseconds; control/openapi.yaml has the same for faults.
LONGEST_DELAY: Final = 600_000

#: The statuses whose answers tell when to come back.
_WITH_RETRY_AFTER: Final = (429, 503)
#: Headers that a status cannot be without (RFC 9110, section 15), where the API never answers with it otherwise.
_HEADERS: Final[Mapping[int, Mapping[str, str]]] = {
    405: {"Allow": ""},
    407: {"Proxy-Authenticate": 'Basic realm="postfuze"'},
    426: {"Upgrade": "TLS/1.2"},
}


class Effect(TypedDict, total=False):
    """What happens to a call that a fault hits. `retry_after` is in seconds; `delay_ms` is a length or its bounds;
    `processed` says whether the service does what was asked before it fails. Presets alone have `behaviour` (how the
    platform acts towards accounts during the call) and `detail` (the problem's)."""

    status: int
    retry_after: int
    delay_ms: int | Sequence[int]
    drop: Literal["reset", "empty"]
    corrupt: Corruption
    processed: bool
    behaviour: Mapping[str, Any]
    detail: str


def check(effect: Effect, place: str) -> None:
    """Raises a 400 problem where the parts of `effect`, which stands at the JSON pointer `place`, cannot go
    together."""
    ends = [name for name in ("status", "drop", "corrupt") if name in effect]
    if len(ends) > 1:
        message = f"cannot go with {ends[0]}: an answer fails in one way; make two faults of it"
        raise refused(f"{place}/{ends[1]}", message)
    if "retry_after" in effect and effect.get("status") not in _WITH_RETRY_AFTER:
        raise refused(f"{place}/retry_after", "goes with the status 429 or 503 alone")
    if "processed" in effect and not {"status", "drop"} & set(effect):
        message = "goes with a status or a drop alone: without them the call is processed, and its answer sent"
        raise refused(f"{place}/processed", message)
    delay = effect.get("delay_ms", 0)
    if not isinstance(delay, int) and delay[0] > delay[1]:
        raise refused(f"{place}/delay_ms", f"must be a minimum and a maximum, so not {delay[0]} before {delay[1]}")


def is_processed(effect: Effect) -> bool:
    """Whether the service does what the call asks for: by default not where it answers with a failure's status."""
    return effect.get("processed", "status" not in effect)


def delay(effect: Effect, draw: int) -> int:
    """How many milliseconds the answer is late; `draw`, a random number, decides within the bounds."""
    length = effect.get("delay_ms", 0)
    return length if isinstance(length, int) else length[0] + draw % (length[1] - length[0] + 1)


def problem(effect: Effect, wait: int, *, rule: str) -> Problem:
    """What is answered by an effect that has a `status`; `wait` (seconds) is the `Retry-After` of one that has none."""
    status, wait = effect["status"], effect.get("retry_after", wait)
    match status:
        case 401:
            return unauthorized(rule=rule)
        case 403:
            return Problem(403, effect.get("detail"), rule=rule, code="insufficient_scope")
        case 429:
            return too_many(wait, rule=rule)
    headers = {"Retry-After": str(wait)} if status in _WITH_RETRY_AFTER else _HEADERS.get(status)
    return Problem(status, effect.get("detail"), rule=rule, code=_code(status), headers=headers)


def _code(status: int) -> str:
    return title(status).lower().replace("'", "").replace(" ", "_")
