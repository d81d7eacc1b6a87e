"""The events of a run, which each reporter reads independently."""

from __future__ import annotations

from dataclasses import dataclass

from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.options import Options
from postfuze_contracts.model.verdicts import Failure, Observation, Verdict


@dataclass(frozen=True)
class RunStarted:
    """`checks` is how many checks will run."""

    options: Options
    checks: int


@dataclass(frozen=True)
class CheckStarted:
    """A check begins. `writes` names what it will change on the target, before it does."""

    check: str
    subject: str
    writes: str | None = None


@dataclass(frozen=True)
class CheckFinished:
    """A check is over; `failures` were confirmed by repetition, `flaky` ones were not."""

    check: str
    subject: str
    seconds: float
    failures: tuple[Failure, ...]
    flaky: tuple[Failure, ...] = ()


@dataclass(frozen=True)
class Changed:
    """The run changed the target: `what` (connected, deleted) and the account's id. At the end, the ledger says of each
    connected account whether it still `stands`, and if so, `why`."""

    what: str
    id: str
    exchange: Exchange
    stands: bool | None = None
    why: str = ""


@dataclass(frozen=True)
class RunFinished:
    """The result. `writes` are those of the `requests` that were to change accounts. `fault` is set if the target could
    not be judged at all; `faults` are the harness's own, by check, each with its traceback."""

    verdicts: tuple[Verdict, ...]
    observations: tuple[Observation, ...]
    ledger: tuple[Changed, ...]
    requests: int
    seconds: float
    fault: str | None = None
    faults: tuple[str, ...] = ()
    tracebacks: tuple[str, ...] = ()
    writes: int = 0


Event = RunStarted | CheckStarted | CheckFinished | Changed | RunFinished
