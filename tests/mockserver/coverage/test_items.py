"""Each item is met by the command that it names, run as a reader would run it."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Final

import pytest
import yaml
from tests.mockserver.coverage.met import Met
from tests.support.times import PATIENCE, until

from postfuze_mock import spec
from postfuze_mock.domain.coverage.conditions import condition
from postfuze_mock.domain.coverage.items import FILE, OTHERS, Item, items

DECLARED: Final = yaml.safe_load(FILE.read_text(encoding="utf-8"))


def run(command: str, url: str) -> None:
    """Run a command of an item in a shell. It fails where the mock breaks its connection, as it should."""
    if shutil.which("curl") is None:
        complain = pytest.fail if os.environ.get("CI") else pytest.skip
        complain("curl is not installed, so the commands cannot be run as a reader would run them")
    variables = {"PATH": os.environ["PATH"], "POSTFUZE_URL": f"{url}/api/v1", "POSTFUZE_ORIGIN": url}
    subprocess.run(["sh", "-c", command], env=variables, check=False, capture_output=True, timeout=PATIENCE)


@pytest.mark.parametrize("item", items(), ids=lambda item: item.id)
def test_command_meets_its_item(item: Item, met: Met) -> None:
    assert item.id not in met

    run(item.attempt, met.server.url)

    until(lambda: item.id in met, f"the item {item.id}")  # deliveries come later


def test_each_observable_statement_is_exercised_by_an_item() -> None:
    exercised = {id for item in items() for id in item.statements}

    assert {each.id for each in spec.statements() if each.observable} - exercised == set()
    assert exercised - {each.id for each in spec.statements()} == set()


def test_each_item_has_an_id_of_its_own() -> None:
    ids = [item.id for item in items()]

    assert len(set(ids)) == len(ids)


def test_each_operation_and_each_declared_response_has_an_item() -> None:
    ids = {item.id for item in items()}
    shared = {
        f"{operation.id}.{status}"
        for operation in spec.operations().values()
        for status, response in operation.definition["responses"].items()
        if response.get("$ref", "").rpartition("/")[2] in DECLARED["shared"]
    }
    declared = {
        f"{operation.id}.{status}"
        for operation in spec.operations().values()
        for status in operation.definition["responses"]
    }

    assert set(spec.operations()) <= ids
    assert {name for name in declared - shared if not any(id.startswith(name) for id in ids)} == set()
    assert set(DECLARED["shared"]) <= ids


def test_what_is_said_of_answers_and_events_is_about_declared_ones() -> None:
    assert set(DECLARED["answers"]) <= {item.id for item in items()}
    assert set(DECLARED["events"]) == set(spec.load()["x-webhooks"])
    assert set(DECLARED["situations"]) <= {*spec.operations(), *OTHERS}


def test_each_answer_of_several_says_how_to_tell_it_apart() -> None:
    several = [item for item in items() if item.kind == "answer" and item.id.count(".") == 2]

    assert several
    assert [item.id for item in several if "when" not in DECLARED["answers"].get(item.id, {})] == []


def test_unknown_word_in_a_condition_is_refused() -> None:
    with pytest.raises(ValueError, match="querry is not a part of a condition"):
        condition({"querry": ["limit"]})
