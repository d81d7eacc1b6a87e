"""What a fault does to a call: which effects can be combined, and which problem goes with a status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypedDict

from postfuze_mock.domain.faults.corruption import Corruption
from postfuze_mock.problems import Problem, refused, title, too_many, unauthorized

#: Milliseconds; control/openapi.yaml has the same number for faults.
MAX_DELAY: Final = 600_000

#: The statuses whose responses say when to retry.
_WITH_RETRY_AFTER: Final = (429, 503)
#: Headers that RFC 9110 (section 15) requires with a status that the API itself never uses.
_HEADERS: Final[Mapping[int, Mapping[str, str]]] = {
    405: {"Allow": ""},
    407: {"Proxy-Authenticate": 'Basic realm="postfuze"'},
    426: {"Upgrade": "TLS/1.2"},
}


class Effect(TypedDict, total=False):
    """What happens to a call that a fault hits. `retry_after` is in seconds; `delay_ms` is a number or a minimum and a
    maximum; `processed` says whether the call takes effect before it fails. Only presets have `behaviour` (how the
    platform treats accounts during the call) and `detail` (the problem's)."""

    status: int
    retry_after: int
    delay_ms: int | Sequence[int]
    drop: Literal["reset", "empty"]
    corrupt: Corruption
    processed: bool
    behaviour: Mapping[str, Any]
    detail: str


def check(effect: Effect, pointer: str) -> None:
    """Raises a 400 problem if the parts of `effect`, at the JSON pointer `pointer`, contradict each other."""
    ends = [name for name in ("status", "drop", "corrupt") if name in effect]
    if len(ends) > 1:
        message = f"cannot be combined with {ends[0]}: a response fails in one way; set two faults"
        raise refused(f"{pointer}/{ends[1]}", message)
    if "retry_after" in effect and effect.get("status") not in _WITH_RETRY_AFTER:
        raise refused(f"{pointer}/retry_after", "is allowed only with the status 429 or 503")
    if "processed" in effect and not {"status", "drop"} & set(effect):
        message = "is allowed only with a status or a drop: any other call is processed, and its response sent"
        raise refused(f"{pointer}/processed", message)
    delay = effect.get("delay_ms", 0)
    if not isinstance(delay, int) and delay[0] > delay[1]:
        raise refused(f"{pointer}/delay_ms", f"must be a minimum and a maximum, not {delay[0]} and then {delay[1]}")


def summary(effect: Effect) -> str:
    """What the caller sees, in a few words."""
    if "status" in effect:
        return f"Status {effect['status']}"
    if "drop" in effect:
        return "Dropped connection"
    return "Corrupted response" if "corrupt" in effect else "Delay"


def is_processed(effect: Effect) -> bool:
    """Whether the call takes effect; by default it does, unless it fails with a status."""
    return effect.get("processed", "status" not in effect)


def delay(effect: Effect, draw: int) -> int:
    """How many milliseconds the response is delayed; `draw`, a random number, chooses between minimum and maximum."""
    delay = effect.get("delay_ms", 0)
    return delay if isinstance(delay, int) else delay[0] + draw % (delay[1] - delay[0] + 1)


def problem(effect: Effect, wait: int, *, rule: str) -> Problem:
    """The problem of an effect with a `status`; `wait` (seconds) is its `Retry-After` unless it has its own."""
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
