"""The harness catches each broken deployment by the statement that it breaks, and accuses no correct one."""

from __future__ import annotations

import pytest
from tests.contracts.family.judgement import checks_for, judge, missed
from tests.contracts.family.members import BROKEN, CORRECT, Variant

from postfuze_mock import spec

OBSERVABLE = {each.id for each in spec.statements() if each.observable}
ASSUMPTIONS = {each.id for each in spec.assumptions()}
FIRST = {each.statement: each for each in reversed(BROKEN)}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize the tests by variants; `--family-every N` leaves every Nth broken one."""
    every = metafunc.config.getoption("--family-every", default=1)
    variants = {"broken": BROKEN[::every], "correct": CORRECT, "first": list(FIRST.values())}
    for name in variants.keys() & metafunc.fixturenames:
        metafunc.parametrize(name, [pytest.param(each, id=each.name) for each in variants[name]])


def test_every_observable_statement_has_a_check() -> None:
    assert {statement for statement in OBSERVABLE if not checks_for({statement})} == set()


def test_every_observable_statement_has_a_deployment_that_breaks_it() -> None:
    assert {each.statement for each in BROKEN} - ASSUMPTIONS == OBSERVABLE


def test_names_are_unique() -> None:
    names = [each.name for each in BROKEN + CORRECT]
    assert len(set(names)) == len(names)


def test_checks_of_the_subject_catch_a_deployment_that_breaks_the_statement(first: Variant) -> None:
    assert first.statement is not None
    judgement = missed(first, checks_for({first.statement}, generated=False))
    assert judgement is None, f"{first.statement}: {first.sentence}. {judgement}"


@pytest.mark.slow
def test_broken_deployment_fails_the_statement_that_it_breaks(broken: Variant) -> None:
    judgement = judge(broken)
    assert judgement.caught, f"{broken.statement}: {broken.sentence}. {judgement}"


@pytest.mark.slow
def test_correct_deployment_passes_and_its_choice_is_observed(correct: Variant) -> None:
    judgement = judge(correct)
    assert not judgement.accused, f"{correct.sentence}. {judgement}"
    if correct.choice is not None:
        assumption, choice = correct.choice
        assert judgement.observed.get(assumption, choice) == choice
