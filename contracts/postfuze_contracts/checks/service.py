"""The service's own health."""

from __future__ import annotations

from postfuze_contracts.engine.judge import Blocked, Judge
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.instants import instant
from postfuze_contracts.model.operations import SERVICE_HEALTH
from postfuze_contracts.target.target import Target


@check("service.health")
def the_service(target: Target, judge: Judge) -> None:
    """Ask the service for its health, without a key."""
    answer = target.call(SERVICE_HEALTH, key=None)
    if answer.status == 503:
        raise Blocked(needs.unexpected("the service says that it is not up"))
    flaw = _flaw(answer)
    said = "200 with `ok: true`, `service: PostFuze` and the `time`"
    judge.expect("service.health", flaw is None, said, answer, got=flaw)


def _flaw(answer: Exchange) -> str | None:
    """What is wrong with the answer, None where nothing is."""
    if answer.status != 200 or not isinstance(answer.json, dict):
        return describe(answer) if answer.status != 200 else "no JSON object"
    if answer.json.get("ok") is not True:
        return f"ok {answer.json.get('ok')!r}"
    if answer.json.get("service") != "PostFuze":
        return f"service {answer.json.get('service')!r}"
    return None if instant(answer.json.get("time")) is not None else f"time {answer.json.get('time')!r}"
