"""Each broken deployment is caught, by the statement that it breaks; no correct one is accused."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.contracts.family.judgement import judge
from tests.contracts.family.members import BROKEN, CORRECT, Variant

from postfuze_mock import spec


def _each(variants: Sequence[Variant]) -> list[object]:
    return [pytest.param(each, id=each.name) for each in variants]


@pytest.mark.parametrize("variant", _each(BROKEN))
def test_a_broken_deployment_is_caught_by_the_statement_that_it_breaks(variant: Variant) -> None:
    judged = judge(variant)
    assert judged.caught, f"{variant.statement}: {variant.sentence}. {judged}"


@pytest.mark.parametrize("variant", _each(CORRECT))
def test_a_correct_deployment_is_not_accused(variant: Variant) -> None:
    judged = judge(variant)
    assert not judged.accused, f"{variant.sentence}. {judged}"


def test_each_statement_that_can_be_observed_has_somebody_who_breaks_it() -> None:
    observable = {each.id for each in spec.statements() if each.observable}
    assert {each.statement for each in BROKEN} == observable


def test_names_are_unique() -> None:
    names = [each.name for each in BROKEN + CORRECT]
    assert len(set(names)) == len(names)
