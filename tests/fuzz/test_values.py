"""Nasty values: each is at one place of a document, and an integer can be written as a float."""

from __future__ import annotations

import json
from random import Random

from tests.fuzz.values import Raw, Samples, as_floats, encoded, mutated, nodes

DOCUMENT = {"id": "x", "pages": 3, "on": True, "items": [1, {"n": 2.5}], "none": None}


def test_integers_written_as_floats_are_equal_values() -> None:
    content = encoded(as_floats(DOCUMENT))

    assert json.loads(content) == DOCUMENT
    assert b'"pages":3.0' in content
    assert b'"on":true' in content


def test_every_place_is_mutated_and_the_document_is_not() -> None:
    before = json.dumps(DOCUMENT)
    documents = [mutated(DOCUMENT, Random(seed)) for seed in range(500)]

    changed = {name for document in documents if isinstance(document, dict) for name in before_and(document)}
    assert changed >= set(DOCUMENT)
    assert json.dumps(DOCUMENT) == before


def before_and(document: dict[str, object]) -> set[str]:
    """The members that differ from those of the document."""
    return {name for name in DOCUMENT if document.get(name) != DOCUMENT[name]}


def test_equal_seeds_give_equal_documents() -> None:
    assert mutated(DOCUMENT, Random("1 50")) == mutated(DOCUMENT, Random("1 50"))


def test_raw_values_are_written_as_they_are() -> None:
    assert encoded({"n": Raw("1e400"), "t": "é"}) == b'{"n":1e400,"t":"\\u00e9"}'


def test_paths_lead_to_all_nodes() -> None:
    assert set(nodes({"a": [1]})) == {(), ("a",), ("a", 0)}


def test_samples_fit_their_schema() -> None:
    document = {"schemas": {"Size": {"type": "integer", "minimum": 2, "maximum": 4}}}
    schema = {
        "type": "object",
        "required": ["size", "at", "sizes"],
        "properties": {
            "size": {"$ref": "#/schemas/Size"},
            "at": {"type": "string", "format": "date-time"},
            "sizes": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"$ref": "#/schemas/Size"}},
            "id": {"type": "string"},
        },
    }
    values = [Samples(document, Random(seed), {"id": ["known"]}).value(schema) for seed in range(50)]

    assert {value["size"] for value in values} == {2, 3, 4}
    assert all(1 <= len(value["sizes"]) <= 2 for value in values)
    assert "known" in {value.get("id") for value in values}
