"""The table of rules and the behaviour presets agree with the specification and the handlers."""

from __future__ import annotations

import inspect

from inflection import underscore

from postfuze_mock import api, spec
from postfuze_mock.domain.faults.presets import PRESETS
from postfuze_mock.http.validation.assumptions import CLAUSES


def test_each_clause_names_a_statement_or_alternative() -> None:
    statements = {each.id for each in spec.statements()}
    alternatives = {each.id: {each.choice, *each.alternatives} for each in spec.assumptions()}

    for clause in CLAUSES.values():
        if not clause.alternatives:
            assert clause.rule in statements
        else:
            assert alternatives[clause.rule].issuperset(clause.alternatives), clause


def test_operations_of_a_behaviour_preset_accept_the_behaviour() -> None:
    for name, preset in PRESETS.items():
        if "behaviour" in preset.effect:
            for operation in preset.operations:
                parameters = inspect.signature(api.HANDLERS[underscore(operation)]).parameters
                assert "behaviour" in parameters, (name, operation)
