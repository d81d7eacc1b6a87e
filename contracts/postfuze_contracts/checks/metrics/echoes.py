"""Judges the bounds that a series echoes, in any notation."""

from __future__ import annotations

import re

from postfuze_contracts.checks.metrics.windows import Window
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.instants import agree, instant, iso

ECHOES = ("metrics.window-echo", "metrics.open-bound")

_MILLISECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)


def expect_echo(judge: Judge, window: Window, exchange: Exchange) -> None:
    """Judge the bounds that a series echoes, and record their notation and the echo of absent ones."""
    for name in ("since", "until"):
        echo = exchange.member(name, "omitted")
        if name in window:
            holds = _is_echo(echo, window[name])
            expected, got = f"{name}: {iso(bound(window[name]) or 0)}", f"{name}: {echo!r:.60}"
            if judge.expect("metrics.echo", holds, expected, exchange, got=got):
                _observe_notation(judge, window[name], echo, exchange)
        else:
            kinds = {None: "null-echo", "omitted": "omitted"}
            choice = kinds.get(echo) if echo is None or isinstance(echo, str) else None
            judge.observe("metrics.open-bound", choice or f"{echo!r:.60}", exchange)


def bound(value: object) -> float | None:
    """The instant of a bound in any notation."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value / 1000 if value > 1e11 else value
    if isinstance(value, str) and value.isdigit() and value.isascii():
        return bound(int(value))
    return instant(value)


def _is_echo(echo: object, text: str) -> bool:
    """Whether an echo is the instant that was requested. Timestamps agree at the coarser precision of both."""
    return agree(echo, text) if instant(echo) is not None and instant(text) is not None else bound(echo) == bound(text)


def _observe_notation(judge: Judge, text: str, echo: object, exchange: Exchange) -> None:
    """Record the notation of an echo. A repeated request in milliseconds may be either choice."""
    if echo != text:
        is_usual = isinstance(echo, str) and _MILLISECONDS.fullmatch(echo) is not None
        other = "in another notation" if isinstance(echo, str) else "as a number"
        judge.observe("metrics.window-echo", "iso-milliseconds" if is_usual else other, exchange)
    elif not _MILLISECONDS.fullmatch(text):
        judge.observe("metrics.window-echo", "verbatim", exchange)
