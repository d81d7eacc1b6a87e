"""`x-assumptions`: each is decided, described, cited and implemented by the mock."""

import re
from collections.abc import Iterator

from postfuze_mock import spec
from postfuze_mock.domain import choices

ENTRIES = spec.load()["x-assumptions"]


def descriptions(node: object) -> Iterator[str]:
    """Every description below `node`, except those of extensions."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "description" and isinstance(value, str):
                yield value
            elif not str(key).startswith("x-"):
                yield from descriptions(value)
    elif isinstance(node, list):
        for value in node:
            yield from descriptions(value)


def cited(node: object) -> set[str]:
    """The ids named after "Assumptions:" in the descriptions below `node`."""
    pattern = re.compile(r"Assumptions:((?:\s*`[^`]+`,?)+)")
    lists = (ids for text in descriptions(node) for ids in pattern.findall(text))
    return {id for ids in lists for id in re.findall(r"`([^`]+)`", ids)}


def parts(node: object, seen: set[str]) -> Iterator[object]:
    """`node`, and all that it refers to."""
    yield node
    for reference in re.findall(r"'\$ref': '([^']+)'", repr(node)):
        if reference not in seen:
            seen.add(reference)
            yield from parts(spec.resolved({"$ref": reference}), seen)


def calls() -> dict[str, set[str]]:
    """The operations, and the events that webhooks receive, with what is assumed of each: what is cited there."""
    webhooks = (item["post"] for item in spec.load()["x-webhooks"].values())
    definitions = [*(each.definition for each in spec.operations().values()), *webhooks]
    return {each["operationId"]: set().union(*map(cited, parts(each, set()))) for each in definitions}


def test_loader_finds_all() -> None:
    rows = [(each.id, each.question, each.choice, list(each.alternatives)) for each in spec.assumptions()]
    assert rows == [
        (entry["id"], entry["question"], entry["choice"], [other["id"] for other in entry["alternatives"]])
        for entry in ENTRIES
    ]


def test_ids_are_unique() -> None:
    assert len({entry["id"] for entry in ENTRIES}) == len(ENTRIES)


def test_each_assumption_has_a_question_and_a_decision() -> None:
    for assumption in ENTRIES:
        assert assumption["question"].endswith("?"), assumption["id"]
        assert re.fullmatch(r"[a-z0-9]+([-/][a-z0-9]+)*", assumption["choice"]), assumption["id"]
        assert assumption["description"].strip().endswith("."), assumption["id"]


def test_alternatives_differ_and_are_described() -> None:
    for assumption in ENTRIES:
        ids = [assumption["choice"], *(other["id"] for other in assumption["alternatives"])]
        assert len(set(ids)) == len(ids), assumption["id"]
        assert all(other["description"] for other in assumption["alternatives"]), assumption["id"]


def test_exactly_the_existing_assumptions_are_cited() -> None:
    assert cited(spec.load()) == {entry["id"] for entry in ENTRIES}


def test_assumption_names_the_operations_that_cite_it_or_holds_everywhere() -> None:
    calls_of = calls()
    everywhere = cited(spec.load()["info"])
    for entry in ENTRIES:
        citing = {name for name, ids in calls_of.items() if entry["id"] in ids}
        named = set(entry.get("operations", citing))
        assert named <= citing, entry["id"]
        assert "operations" in entry or entry["id"] in everywhere, entry["id"]
        # An event has an account, so what is assumed of accounts is cited there, too.
        assert citing - named <= set(calls_of) - set(spec.operations()), entry["id"]


def test_mock_implements_each_alternative() -> None:
    played = {each.id: tuple(it for it in each.choices if it not in each.unplayed) for each in spec.assumptions()}
    assert {id: names for id, names in played.items() if len(names) > 1} == dict(choices.alternatives())
