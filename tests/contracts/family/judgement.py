"""The judgement of the harness about a variant."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property

from tests.contracts.family.mock import Deployment, Mock
from tests.contracts.family.variants import Variant

from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.engine.registry import Check
from postfuze_contracts.model.events import CheckFinished, RunFinished
from postfuze_contracts.model.options import Access
from postfuze_contracts.model.verdicts import Failure, Outcome


def statements(finished: RunFinished, *outcomes: Outcome) -> frozenset[str]:
    """The statements with one of these outcomes. A run that ended early fails the test."""
    assert finished.fault is None
    return frozenset(verdict.statement for verdict in finished.verdicts if verdict.outcome in outcomes)


def failed(finished: RunFinished) -> frozenset[str]:
    """The failed statements, flaky ones included."""
    return statements(finished, Outcome.FAIL, Outcome.FLAKY)


def checks_of(*subjects: str) -> list[Check]:
    """The checks of these subjects, by default of all."""
    return [check for check in REGISTRY if not subjects or check.subject in subjects]


def checks_for(ids: Collection[str], *, generated: bool = True) -> list[Check]:
    """The checks that judge one of these statements or assumptions, with or without the generated ones."""
    return [
        check
        for check in REGISTRY
        if not (check.statements | check.assumes).isdisjoint(ids) and (generated or check.subject != "generated")
    ]


@dataclass(frozen=True)
class Judgement:
    """The outcome of a run against a variant."""

    variant: Variant
    finished: RunFinished

    @cached_property
    def failures(self) -> list[Failure]:
        return [failure for verdict in self.finished.verdicts for failure in verdict.failures]

    @property
    def observed(self) -> dict[str, str]:
        """The observed alternative by assumption."""
        return {each.assumption: each.choice for each in self.finished.observations}

    @property
    def failed(self) -> frozenset[str]:
        """The statements that failed each time."""
        return frozenset(each.statement for each in self.finished.verdicts if each.outcome is Outcome.FAIL)

    @property
    def caught(self) -> bool:
        """Whether a broken deployment failed by the statement that it breaks."""
        return self.variant.statement in self.failed

    @property
    def accused(self) -> bool:
        """Whether a correct deployment failed by any statement."""
        return self.variant.statement is None and bool(self.failures or self.finished.fault)

    def __str__(self) -> str:
        texts = [f"{each.check}, {each.statement}: {each.expected}; got {each.got}" for each in self.failures]
        return "; ".join(filter(None, [self.finished.fault, *texts])) or "nothing failed"


def judge(
    variant: Variant,
    checks: Collection[Check] = REGISTRY,
    access: Access = Access.FULL,
    *,
    one_key: bool = False,
    seed: int = 1,
) -> Judgement:
    """Run `checks` against the variant, with all assumptions pinned if it is a broken one. `seed` is used both for the
    mock's data and for what the harness generates."""
    with _served(variant, seed) as deployment:
        options = deployment.options(access, one_key=one_key, pinned=variant.statement is not None)
        return Judgement(variant, deployment.run(replace(options, seed=seed), checks))


def missed(variant: Variant, checks: Collection[Check]) -> Judgement | None:
    """What `checks` say of a broken deployment that they do not catch, else None: the first of them that catches it is
    the last that runs."""
    with _served(variant) as deployment, closing(deployment.events(deployment.options(pinned=True), checks)) as events:
        for event in events:
            if isinstance(event, CheckFinished) and variant.statement in {each.statement for each in event.failures}:
                return None
    assert isinstance(event, RunFinished)
    judgement = Judgement(variant, event)
    return None if judgement.caught else judgement


@contextmanager
def _served(variant: Variant, seed: int = 1) -> Iterator[Deployment]:
    mock = Mock(seed)
    try:
        variant.change(mock)
        with mock.served() as deployment:
            yield deployment
    finally:
        mock.restore()
