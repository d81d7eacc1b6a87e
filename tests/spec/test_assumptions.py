"""`x-assumptions`: each is decided, described, cited where it matters, and known to the mock."""

import re
from collections.abc import Iterator

import pytest

from postfuze_mock import spec
from postfuze_mock.domain import choices

ENTRIES = spec.load()["x-assumptions"]
each_assumption = pytest.mark.parametrize("assumption", ENTRIES, ids=lambda entry: entry["id"])


def descriptions(node: object) -> Iterator[str]:
    """Every description below `node`, but for those of the extensions."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "description" and isinstance(value, str):
                yield value
            elif not str(key).startswith("x-"):
                yield from descriptions(value)
    elif isinstance(node, list):
        for value in node:
            yield from descriptions(value)


def cited() -> set[str]:
    """The ids named after "Assumptions:" in descriptions."""
    lists = (
        found for text in descriptions(spec.load()) for found in re.findall(r"Assumptions:((?:\s*`[^`]+`,?)+)", text)
    )
    return {id for found in lists for id in re.findall(r"`([^`]+)`", found)}


def test_the_loader_tells_them_all() -> None:
    told = [(each.id, each.question, each.choice, list(each.alternatives)) for each in spec.assumptions()]
    assert told == [
        (entry["id"], entry["question"], entry["choice"], [other["id"] for other in entry["alternatives"]])
        for entry in ENTRIES
    ]


def test_no_two_have_the_same_id() -> None:
    assert len({entry["id"] for entry in ENTRIES}) == len(ENTRIES)


@each_assumption
def test_it_asks_and_decides(assumption: dict[str, str]) -> None:
    assert assumption["question"].endswith("?")
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", assumption["choice"])
    assert assumption["description"].strip().endswith(".")


@each_assumption
def test_its_alternatives_are_others_and_described(assumption: dict[str, list[dict[str, str]]]) -> None:
    ids = [assumption["choice"], *(other["id"] for other in assumption["alternatives"])]
    assert len(set(map(str, ids))) == len(ids)
    assert all(other["description"] for other in assumption["alternatives"])


def test_each_is_cited_and_each_that_is_cited_exists() -> None:
    assert cited() == {entry["id"] for entry in ENTRIES}


def test_the_mock_plays_each_alternative() -> None:
    offered = {each.id: (each.choice, *each.alternatives) for each in spec.assumptions() if each.alternatives}
    assert offered == dict(choices.alternatives())
