"""The harness judges a variant."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import Variant

from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.options import Access
from postfuze_contracts.model.verdicts import Failure, Outcome
from postfuze_contracts.run import run
from postfuze_contracts.target.client import Client


@dataclass(frozen=True)
class Judged:
    """What the harness said of a variant."""

    variant: Variant
    failures: tuple[Failure, ...]
    flaky: frozenset[str]
    seconds: float
    fault: str | None

    @property
    def failed(self) -> frozenset[str]:
        """The statements that it is said to break each time."""
        return frozenset(failure.statement for failure in self.failures) - self.flaky

    @property
    def caught(self) -> bool:
        return self.variant.statement in self.failed

    @property
    def accused(self) -> bool:
        """Whether a correct deployment is said to break something."""
        return self.variant.statement is None and bool(self.failures or self.fault)

    def __str__(self) -> str:
        told = [f"{each.check}, {each.statement}: {each.expected}; got {each.got}" for each in self.failures]
        return "; ".join([*([self.fault] if self.fault else []), *told]) or "nothing failed"


def judge(
    variant: Variant,
    access: Access = Access.FULL,
    *,
    one_key: bool = False,
    only: frozenset[str] = frozenset(),
    seed: int = 1,
) -> Judged:
    """Run all checks against the variant, or those of the statements `only`. `seed` is for the data that the variant
    has, and for what the harness makes up."""
    mock = Mock(seed)
    variant_checks = [check for check in REGISTRY if not only or check.statements & only]
    try:
        variant.change(mock)
        with mock.served() as url:
            options = replace(mock.options(url, access, one_key=one_key), seed=seed)
            *_, finished = run(options, variant_checks, Client(options, sleep=mock.advance))
    finally:
        mock.put_back()
    assert isinstance(finished, RunFinished)
    wrong = [verdict for verdict in finished.verdicts if verdict.outcome in (Outcome.FAIL, Outcome.FLAKY)]
    flaky = frozenset(verdict.statement for verdict in wrong if verdict.outcome is Outcome.FLAKY)
    failures = tuple(failure for verdict in wrong for failure in verdict.failures)
    return Judged(variant, failures, flaky, finished.seconds, finished.fault)
