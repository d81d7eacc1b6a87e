"""The comparison of documented and real output."""

from __future__ import annotations

import pytest
from tests.docs.examples import difference, examples, matches_text, parse_output


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ('{"a": 1, "b": [1, 2]}', {"a": 1, "b": [1, 2]}),
        ('{"a": 1, … "z": 3}', {"a": 1, "b": 2, "c": 2, "z": 3}),
        ('{"a": [{"b": 1, …}, …]}', {"a": [{"b": 1, "c": 2}, 3]}),
        ('{"a": "long…", "b": "…"}', {"a": "longer", "b": "any"}),
    ],
)
def test_documented_output_is_accepted(text: str, output: object) -> None:
    assert difference(parse_output(text), output) is None


@pytest.mark.parametrize(
    ("text", "output"),
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
def test_different_output_is_reported(text: str, output: object) -> None:
    assert difference(parse_output(text), output) is not None


@pytest.mark.parametrize("text", ["```json\n1\n```\n", "```sh\ncurl\n```\nIt gives\n```json\n1\n```\n"])
def test_output_without_a_command_is_reported(text: str) -> None:
    with pytest.raises(ValueError, match="output of nothing"):
        examples(text)


@pytest.mark.parametrize(
    ("text", "output", "matches"),
    [
        ("a\n…\nz\n", "a\n\nb\nz\n", True),
        ("a\n…\nz\n", "a\nz\n", False),
        ("…\nz\n", "a\nb\nz\n", True),
        ("PASS  … answers\n", "PASS  12 answers\n", True),
        ("PASS  … answers\n", "PASS  12\nanswers\n", False),
        ("FAIL  …\n", "FAIL  \n", False),
        ("a\n", "a\nb\n", False),
    ],
)
def test_ellipsis_matches_the_omitted_text(text: str, output: str, matches: bool) -> None:
    assert matches_text(text, output) is matches
