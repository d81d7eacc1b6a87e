"""Query strings that broke no rule are remembered, within bounds, and for no other world."""

from __future__ import annotations

from typing import Any

import pytest
from tests.mockserver.conftest import Start

from postfuze_mock.http.validation import parameters
from postfuze_mock.http.validation.parameters import MAX_QUERY, Parameters

LIMIT: list[dict[str, Any]] = [{"name": "limit", "in": "query", "schema": {"type": "integer"}}]


def test_query_that_only_some_worlds_tolerate_is_judged_in_each(start: Start) -> None:
    mock = start()
    mock.client("strict").reset(assume={"parameters.unknown": "refused"})
    lenient, strict = mock.world("lenient"), mock.world("strict")
    for _ in range(2):
        assert lenient.list_response("limit=3&unknown=1").status_code == 200
        assert strict.list_response("limit=3&unknown=1").status_code == 400


def test_only_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameters, "MAX_ACCEPTED", 3)
    query = Parameters(LIMIT)
    for number in range(10):
        query.accept(b"limit=%d" % number, {"limit": number})
        assert len(query.accepted) <= 3
    assert query.accepted[b"limit=9"] == {"limit": 9}


def test_long_one_is_not_remembered() -> None:
    query = Parameters(LIMIT)
    query.accept(b"limit=" + b"0" * MAX_QUERY, {"limit": 0})

    assert query.accepted == {}
