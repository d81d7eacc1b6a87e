"""A corrupt response differs in one place only."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfuze_mock.domain.faults.corruption import Missed, corrupted

DOCUMENT = {"a": [{"b": "text"}, 1, 1.5, True, None, [], {}], "x/y": {"~": "odd"}, "": "empty", "1": "digit"}
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


def wrong(path: str, how: Any) -> Any:
    return corrupted(DOCUMENT, {"path": path, "how": how})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a/0/b", 0),
        ("/a/1", "1"),
        ("/a/2", "1.5"),
        ("/a/3", "true"),
        ("/a/4", []),
        ("/a/5", {}),
        ("/a/6", []),
    ],
)
def test_value_of_each_type_gets_another_type(path: str, expected: Any) -> None:
    changed: Any = wrong(path, "type")["a"][int(path.split("/")[2])]
    changed = changed["b"] if path.endswith("b") else changed

    assert changed == expected
    assert type(changed) is type(expected)


@pytest.mark.parametrize(
    ("path", "member"), [("/x~1y", "x/y"), ("/", ""), ("/1", "1")], ids=["slash", "empty name", "digits"]
)
def test_pointer_follows_rfc_6901(path: str, member: str) -> None:
    assert set(DOCUMENT) - set(wrong(path, "remove")) == {member}


def test_tilde_and_slash_are_escaped() -> None:
    assert wrong("/x~1y/~0", "enum")["x/y"] == {"~": "unheard_of"}


@pytest.mark.parametrize("path", ["/b", "/a/7", "/a/-1", "/a/01", "/a/-", "/a/0/b/c", "/a/4/x", "/a/1/0", "/a/٠"])
def test_missing_place_is_a_miss(path: str) -> None:
    with pytest.raises(Missed):
        wrong(path, "remove")


@pytest.mark.parametrize("path", ["/a", "/a/1", "/a/3", "/a/4", "/a/6"])
def test_non_text_value_has_no_enumeration(path: str) -> None:
    with pytest.raises(Missed):
        wrong(path, "enum")


@given(
    documents,
    st.lists(st.text(max_size=3) | st.just("0"), min_size=1, max_size=3),
    st.sampled_from(["remove", "type", "enum"]),
)
def test_original_document_is_unchanged(document: Any, parts: list[str], how: Any) -> None:
    before = copy.deepcopy(document)
    path = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)
    try:
        after = corrupted(document, {"path": path, "how": how})
    except Missed:
        after = None

    assert document == before
    assert after is None or after != before
