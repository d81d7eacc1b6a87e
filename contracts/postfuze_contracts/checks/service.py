"""Judges the health of the service itself."""

from __future__ import annotations

from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.instants import instant
from postfuze_contracts.model.operations import SERVICE_HEALTH
from postfuze_contracts.target.target import Target


@check("service.health")
def the_service(target: Target, judge: Judge) -> None:
    """Ask the service for its health, without a key."""
    exchange = target.call(SERVICE_HEALTH, key=None)
    require(exchange.status != 503, needs.unexpected("the service says that it is not up"))
    mismatch = _mismatch(exchange)
    expected = "200 with `ok: true`, `service: PostFuze` and the `time`"
    judge.expect("service.health", mismatch is None, expected, exchange, got=mismatch)


def _mismatch(exchange: Exchange) -> str | None:
    """What is wrong with the response, or None."""
    if exchange.status != 200 or not isinstance(exchange.json, dict):
        return describe(exchange) if exchange.status != 200 else "no JSON object"
    if exchange.json.get("ok") is not True:
        return f"ok {exchange.json.get('ok')!r}"
    if exchange.json.get("service") != "PostFuze":
        return f"service {exchange.json.get('service')!r}"
    return None if instant(exchange.json.get("time")) is not None else f"time {exchange.json.get('time')!r}"
