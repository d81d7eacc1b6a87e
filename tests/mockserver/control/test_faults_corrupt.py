"""The control API: corrupt responses."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.failing import Failing
from tests.support.world import Json


def corrupted(failing: Failing, how: str, path: str) -> Json:
    """A page of two accounts with that fault; the fault is removed afterwards."""
    failing.set(corrupt={"path": path, "how": how})
    response = failing.call(path="/social-accounts?limit=2")
    failing.world.control("DELETE", "/faults")
    assert response.status_code == 200
    assert response.headers["content-length"] == str(len(response.content))
    page: Json = response.json()
    return page


def test_member_is_removed_and_the_rest_stays(failing: Failing) -> None:
    right = failing.world.page(limit=2)
    wrong = corrupted(failing, "remove", "/data/1/status")

    del right["data"][1]["status"]
    assert wrong == right


def test_item_of_a_list_is_removed(failing: Failing) -> None:
    right = failing.world.page(limit=2)

    assert corrupted(failing, "remove", "/data/0")["data"] == right["data"][1:]


@pytest.mark.parametrize(
    ("path", "value"),
    [("/data/0/status", 0), ("/data/0/scopes", {}), ("/data/0", []), ("/data", {}), ("/next_cursor", 0)],
)
def test_value_gets_another_type(failing: Failing, path: str, value: Any) -> None:
    wrong: Any = corrupted(failing, "type", path)
    for part in path.split("/")[1:]:
        wrong = wrong[int(part) if part.isdigit() else part]

    assert wrong == value
    assert type(wrong) is type(value)


def test_value_becomes_outside_of_every_enumeration(failing: Failing) -> None:
    right = failing.world.page(limit=2)
    wrong = corrupted(failing, "enum", "/data/0/platform")

    assert wrong["data"][0]["platform"] == "unheard_of"
    assert wrong["data"][1] == right["data"][1]


@pytest.mark.parametrize(
    ("how", "path"),
    [
        ("remove", "/data/2"),
        ("remove", "/data/00"),
        ("remove", "/data/-"),
        ("remove", "/dat"),
        ("type", "/data/0/status/0"),
        ("enum", "/data/0/scopes"),
        ("enum", "/data/0/"),
    ],
)
def test_response_without_the_place_stays_correct_and_counts_as_missed(failing: Failing, how: str, path: str) -> None:
    failing.set(corrupt={"path": path, "how": how}, times=1)
    right = failing.world.page(limit=2)
    again = failing.call(path="/social-accounts?limit=2")
    (fault,) = failing.faults()

    assert again.json() == right
    assert (fault["calls"], fault["hits"], fault["missed"], fault["left"]) == (2, 0, 2, 1)


def test_missed_fault_hits_the_next_suitable_response(failing: Failing) -> None:
    failing.set(corrupt={"path": "/data/0/username", "how": "remove"}, times=1)
    empty = failing.world.page(username="nobody")
    wrong = failing.world.page(limit=1)
    right = failing.world.page(limit=1)
    (fault,) = failing.faults()

    assert empty["data"] == []
    assert [set(right["data"][0]) - set(wrong["data"][0])] == [{"username"}]
    assert (fault["hits"], fault["missed"], fault["left"]) == (1, 1, 0)


def test_refusal_is_not_corrupted(failing: Failing) -> None:
    failing.set("getSocialAccount", corrupt={"path": "/detail", "how": "remove"})
    response = failing.world.get_response("0b2e7d6f-5c1a-4a9f-9b1c-2e7d6f0a1234")

    assert (response.status_code, response.json()["detail"]) == (404, "No such account.")
    assert failing.faults()[0]["missed"] == 1


def test_stored_data_is_not_corrupted(failing: Failing) -> None:
    before = failing.world.page()
    id = before["data"][0]["id"]
    failing.set("*", corrupt={"path": "/status", "how": "type"}, times=1)
    wrong = failing.world.get(id)

    assert wrong["status"] == 0
    assert failing.world.page() == before


def test_journal_names_the_fault_only_for_a_hit(failing: Failing) -> None:
    fault = failing.set(corrupt={"path": "/data/0", "how": "remove"})
    failing.world.page(limit=1)
    failing.world.page(username="nobody")
    hit, miss = failing.world.control("GET", "/requests?operation=listSocialAccounts")["data"]

    assert (hit["fault"], miss["fault"]) == (fault["id"], None)
