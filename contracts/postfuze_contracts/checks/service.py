"""Judges the health of the service itself."""

from __future__ import annotations

from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.instants import instant
from postfuze_contracts.model.operations import SERVICE_HEALTH
from postfuze_contracts.target.target import Target

_CLOCK = "service.clock"
_MOMENT = 1.2  # seconds after which a time in whole seconds is another one
_TICK = 0.02  # seconds after which a time in milliseconds is another one


@check("service.health", assumes=(_CLOCK,))
def the_service(target: Target, judge: Judge) -> None:
    """Ask the service for its health, without a key, and again a moment later."""
    exchange = target.call(SERVICE_HEALTH, key=None)
    require(exchange.status != 503, needs.unexpected("the service says that it is not up"))
    mismatch = _mismatch(exchange)
    expected = "200 with `ok: true`, `service: PostFuze` and the `time`"
    if judge.expect("service.health", mismatch is None, expected, exchange, got=mismatch):
        _observe_clock(target, judge, exchange)


def _observe_clock(target: Target, judge: Judge, earlier: Exchange) -> None:
    """Observe whether the time goes on. It may be in whole seconds, and the second call may follow at once."""
    target.client.wait(_MOMENT)
    later = target.call(SERVICE_HEALTH, key=None)
    then, now = (instant(each.member("time")) for each in (earlier, later))
    if then is None or now is None:
        return
    seconds = later.response.sent_at - earlier.response.received_at
    if then != now:
        judge.observe(_CLOCK, "current" if then < now else "a time that goes back", earlier, later)
    elif seconds >= (_MOMENT - 0.1 if then == int(then) else _TICK):
        judge.observe(_CLOCK, "fixed", earlier, later)


def _mismatch(exchange: Exchange) -> str | None:
    """What is wrong with the response, or None."""
    if exchange.status != 200 or not isinstance(exchange.json, dict):
        return describe(exchange) if exchange.status != 200 else "no JSON object"
    if exchange.json.get("ok") is not True:
        return f"ok {exchange.json.get('ok')!r}"
    if exchange.json.get("service") != "PostFuze":
        return f"service {exchange.json.get('service')!r}"
    return None if instant(exchange.json.get("time")) is not None else f"time {exchange.json.get('time')!r}"
