"""The line of each statement in openapi.yaml."""

from __future__ import annotations

import pytest

from postfuze_contracts.reports.positions import positions
from postfuze_mock import spec

LINES = spec.load_bytes().decode().splitlines()


@pytest.mark.parametrize("statement", [each.id for each in spec.statements()])
def test_statement_begins_at_its_line(statement: str) -> None:
    assert LINES[positions()[statement].line - 1].strip() == f"- id: {statement}"


def test_position_is_written_as_file_and_line() -> None:
    assert str(positions()["list.envelope"]).startswith("openapi.yaml:")
