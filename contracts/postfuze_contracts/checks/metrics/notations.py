"""Records which notations of ISO 8601 and of unix seconds a bound may have, beyond RFC 3339 and whole seconds."""

from __future__ import annotations

from datetime import UTC, datetime

from postfuze_contracts.checks.metrics.snapshots import captured_at, identity, read, rows, while_unchanged, with_series
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.instants import iso
from postfuze_contracts.target.target import Target

_DAY = 86_400


@check(assumes=("metrics.iso-forms",), needs=(needs.ACCOUNTS,))
def notations_beyond_rfc_3339(target: Target, judge: Judge) -> None:
    """Request the same window in other notations of ISO 8601, and in unix seconds with a fraction or a sign."""
    account, series = next(with_series(target, 1))
    times = sorted(map(captured_at, rows(series)))
    midnight = int(times[len(times) // 2] // _DAY * _DAY)
    notations = _notations(midnight)
    windows = [{"since": iso(midnight)}, *({"since": text} for text in notations.values())]
    _, exchanges = while_unchanged(target, account, lambda: [read(target, account, window) for window in windows])
    usual, others = exchanges[0], dict(zip(notations, exchanges[1:], strict=True))
    if usual.status != 200:
        return  # metrics.series-switch
    refused = [name for name, exchange in others.items() if 400 <= exchange.status < 500]
    misread = [name for name, exchange in others.items() if name not in refused and not _same(usual, exchange)]
    choice = "all" if not refused else "rfc3339" if len(refused) == len(others) else f"all but {', '.join(refused)}"
    if misread:
        choice = f"another instant: {', '.join(misread)}"
    judge.observe("metrics.iso-forms", choice, usual, others[(misread or refused or list(others))[0]])


def _notations(midnight: int) -> dict[str, str]:
    """The beginning of a day in notations beyond RFC 3339, by name."""
    day = datetime.fromtimestamp(midnight, UTC)
    return {
        "a date alone": f"{day:%Y-%m-%d}",
        "no offset": f"{day:%Y-%m-%dT%H:%M:%S}",
        "an offset without a colon": f"{day:%Y-%m-%dT%H:%M:%S}+0000",
        "the basic format": f"{day:%Y%m%dT%H%M%S}Z",
        "a decimal comma": f"{day:%Y-%m-%dT%H:%M:%S},000Z",
        "a week": f"{day:%G-W%V-%u}",
        "a day of the year": f"{day:%Y-%j}",
        "a fraction of a second": f"{midnight}.0",
    }


def _same(one: Exchange, other: Exchange) -> bool:
    return other.status == 200 and [identity(row) for row in rows(one)] == [identity(row) for row in rows(other)]
