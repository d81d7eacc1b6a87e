"""The README's test finds what it is there to find."""

from __future__ import annotations

import pytest
from tests.e2e.readme_examples import difference, examples, shown


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ('{"a": 1, "b": [1, 2]}', {"a": 1, "b": [1, 2]}),
        ('{"a": 1, … "z": 3}', {"a": 1, "b": 2, "c": 2, "z": 3}),
        ('{"a": [{"b": 1, …}, …]}', {"a": [{"b": 1, "c": 2}, 3]}),
        ('{"a": "long…", "b": "…"}', {"a": "longer", "b": "any"}),
    ],
)
def test_answer_that_is_as_shown_is_taken(text: str, given: object) -> None:
    assert difference(shown(text), given) is None


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ('{"a": 1}', {"a": 2}),
        ('{"a": 1}', {"a": True}),
        ('{"a": 1}', {"a": 1, "b": 2}),
        ('{"a": 1, "b": 2}', {"b": 2, "a": 1}),
        ('{"a": 1, …}', {"a": 1}),
        ('{"a": 1, … "z": 3}', {"a": 1, "z": 3}),
        ('{"a": 1, …}', {"b": 2, "a": 1}),
        ("[1]", [1, 2]),
        ("[1, …]", [1]),
        ("[1, …]", [2, 3]),
        ('[{"a": "long…"}]', [{"a": "short"}]),
        ('{"a": "long…"}', {"a": "long"}),
        ('{"a": null}', {"a": "…"}),
    ],
)
def test_answer_that_is_not_as_shown_is_found(text: str, given: object) -> None:
    assert difference(shown(text), given) is not None


@pytest.mark.parametrize("text", ["```json\n1\n```\n", "```sh\ncurl\n```\nIt gives\n```json\n1\n```\n"])
def test_output_of_nothing_is_found(text: str) -> None:
    with pytest.raises(ValueError, match="output of nothing"):
        examples(text)
