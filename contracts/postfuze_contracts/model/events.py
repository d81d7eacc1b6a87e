"""The events of a run. Each reporter reads them independently."""

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
    """A check begins. `writes` says what it will change on the target."""

    check: str
    subject: str
    writes: str | None = None


@dataclass(frozen=True)
class CheckFinished:
    """A check has ended. Repetition confirmed its `failures`, but not the `flaky` ones. It judged the statements
    `judged`."""

    check: str
    subject: str
    seconds: float
    failures: tuple[Failure, ...]
    flaky: tuple[Failure, ...] = ()
    judged: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changed:
    """The run changed the target: `what` (connected, deleted) and the account's id. In the final ledger, `stands` says
    whether a connected account still exists, and `why`."""

    what: str
    id: str
    exchange: Exchange
    stands: bool | None = None
    why: str = ""


@dataclass(frozen=True)
class RunFinished:
    """The result of a run. `writes` counts the `requests` to change accounts. `fault` is set if the target could not be
    judged at all, `cut` if the run was cut off. `faults` are those of the harness, by check. `tracebacks`
    are of these, and of checks that could not go on because of an answer that no document describes.
    `undeclared` are pairs of a check and what it judged or observed without declaring it."""

    verdicts: tuple[Verdict, ...]
    observations: tuple[Observation, ...]
    ledger: tuple[Changed, ...]
    requests: int
    seconds: float
    fault: str | None = None
    cut: str | None = None
    faults: tuple[str, ...] = ()
    tracebacks: tuple[str, ...] = ()
    writes: int = 0
    undeclared: frozenset[tuple[str, str]] = frozenset()


Event = RunStarted | CheckStarted | CheckFinished | Changed | RunFinished
