"""Which differences of two responses the data explains."""

from __future__ import annotations

from typing import Any

import pytest

from postfuze_contracts.diff.shapes import ShapeDifference, shape, shape_differences

ROW = {"id": "a", "username": "acme", "scopes": ["read"], "created_at": "2026-06-01T00:00:00.000Z"}
VALUE = {"social_account_id": "a", "network": "x", "source": "live", "followers": 1, "raw": {}, "captured_at": "b"}
NONE = {"social_account_id": "a", "metrics": None, "message": "none"}


def page(**fields: Any) -> dict[str, Any]:
    return {"data": [ROW | fields], "next_cursor": None}


def differences(a: Any, b: Any) -> list[ShapeDifference]:
    return [*shape_differences(shape(a), shape(b))]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (page(), {"data": [], "next_cursor": None}),
        (page(), page(username=None)),
        (page(), {**page(), "next_cursor": "c"}),
        (page(), page(colour="red")),
        (VALUE, {name: value for name, value in VALUE.items() if name != "followers"}),
        (VALUE, NONE),
        ({"status": 400, "errors": [{"name": "limit"}]}, {"status": 400, "errors": [{"field": "limit", "why": 1}]}),
        ({"status": 404, "detail": None, "code": "not_found"}, {"status": 404, "detail": "no"}),
    ],
    ids=["empty list", "null", "more pages", "undescribed", "optional", "no metrics", "issues", "code"],
)
def test_data_explains_it(a: Any, b: Any) -> None:
    assert [each for each in (*differences(a, b), *differences(b, a)) if not each.explained] == []


@pytest.mark.parametrize(
    ("a", "b", "path"),
    [
        (page(), page(username=7), "data[].username"),
        (page(), page(scopes=[7]), "data[].scopes[]"),
        (page(), page(id=None), "data[].id"),
        (page(), {"data": [ROW]}, "next_cursor"),
        (page(), [ROW], "body"),
        ({"data": [], "until": None}, {"data": []}, "until"),
        ({"data": [], "until": None}, {"data": [], "until": "2026-06-01T00:00:00.000Z"}, "until"),
    ],
    ids=["type", "element", "null", "absent", "list", "no echo", "echo"],
)
def test_data_does_not_explain_it(a: Any, b: Any, path: str) -> None:
    for each in (differences(a, b), differences(b, a)):
        assert path in [difference.path for difference in each if not difference.explained]


def test_equal_shapes_do_not_differ() -> None:
    assert differences(page(), page(username="other")) == []
