"""List accounts: filters."""

from __future__ import annotations

import unicodedata
from itertools import combinations
from typing import Any

import pytest
from tests.support.world import World

FIELDS = ("id", "tenant_id", "platform", "username", "network_unique_id")
FILTERS = (*FIELDS, "networkUniqueId")
USERNAMES = (
    "acme", "Žluťoučký.kůň", "田中太郎", "مريم", "🦄🏳️‍🌈", "a b", "a+b", "a&b=c", "50%", "per%20cent", "it's", 'quo"te',
    "semi;colon", "#hash", "@at", "back\\slash", "<b>", "O'Brien --",
)  # fmt: skip


def field_of(filter: str) -> str:
    return "network_unique_id" if filter == "networkUniqueId" else filter


@pytest.mark.parametrize(
    "filter",
    [
        pytest.param("id", marks=pytest.mark.statement("list.filter-id")),
        pytest.param("tenant_id", marks=pytest.mark.statement("list.filter-tenant")),
        pytest.param("platform", marks=pytest.mark.statement("list.filter-platform")),
        pytest.param("username", marks=pytest.mark.statement("list.filter-username")),
        pytest.param("network_unique_id", marks=pytest.mark.statement("list.filter-network-unique-id")),
        pytest.param("networkUniqueId", marks=pytest.mark.statement("list.filter-alias")),
    ],
)
def test_filter_returns_exactly_the_matching_accounts_in_order(world: World, filter: str) -> None:
    walked = world.walk()
    values = {account[field_of(filter)] for account in walked} - {None}

    assert values
    for value in values:
        assert world.walk(**{filter: value}) == [each for each in walked if each[field_of(filter)] == value]


@pytest.mark.statement("list.filter-id")
def test_id_in_upper_case_is_the_same_id(world: World) -> None:
    account = world.page(limit=1)["data"][0]

    assert world.walk(id=account["id"].upper()) == [account]


@pytest.mark.statement("list.filter-id")
def test_unknown_id_matches_nothing(world: World) -> None:
    assert world.walk(id="00000000-0000-4000-8000-000000000000") == []


@pytest.mark.statement("errors.validation")
@pytest.mark.assumption("ids.malformed-filter", "refused")
@pytest.mark.parametrize("id", ["", "acme", "123", "a1b2c3d4-0000-4a9f-9b1c", "a1b2c3d400004a9f9b1c2e7d6f0a1234", "{}"])
def test_malformed_id_is_refused(world: World, id: str) -> None:
    response = world.list_response({"id": id})

    assert response.status_code == 400
    assert [(error["in"], error["name"]) for error in response.json()["errors"]] == [("query", "id")]


@pytest.mark.statement("errors.validation")
@pytest.mark.assumption("platform.unknown-filter", "refused")
@pytest.mark.parametrize("platform", ["", "myspace", "X", "twitter", "x,reddit", "x "])
def test_unknown_platform_is_refused(world: World, platform: str) -> None:
    response = world.list_response({"platform": platform})

    assert response.status_code == 400
    assert [(error["in"], error["name"]) for error in response.json()["errors"]] == [("query", "platform")]


@pytest.mark.statement("list.filter-username")
@pytest.mark.parametrize("username", USERNAMES)
def test_username_in_any_script_is_found(empty: World, username: str) -> None:
    account = empty.make(username=username)
    empty.make(username="somebody_else")

    assert empty.walk(username=username) == [account]


@pytest.mark.statement("list.filter-username")
@pytest.mark.parametrize("wrong", ["acme_", "acm", "ACME", "Acme", " acme", "acme ", "%", "acme*", "", "null"])
def test_username_must_match_exactly(empty: World, wrong: str) -> None:
    empty.make(username="acme")
    empty.make(username=None)

    assert empty.walk(username=wrong) == []


@pytest.mark.statement("list.filter-username")
def test_username_is_not_normalized(empty: World) -> None:
    composed = empty.make(username=unicodedata.normalize("NFC", "josé"))
    decomposed = empty.make(username=unicodedata.normalize("NFD", "josé"))

    assert empty.walk(username=composed["username"]) == [composed]
    assert empty.walk(username=decomposed["username"]) == [decomposed]


@pytest.mark.statement("list.filter-username", "list.filter-tenant")
def test_filter_can_match_several_accounts(empty: World) -> None:
    accounts = [
        empty.make(username="acme", tenant_id="t", platform=platform)["id"] for platform in ("x", "reddit", "threads")
    ]
    empty.make(username="other", tenant_id="u")

    assert sorted(each["id"] for each in empty.walk(username="acme")) == sorted(accounts)
    assert sorted(each["id"] for each in empty.walk(tenant_id="t")) == sorted(accounts)


@pytest.mark.statement("list.filter-tenant")
@pytest.mark.parametrize("wrong", ["", "null", "None", "tenant", "TENANT_1"])
def test_accounts_without_a_tenant_match_no_tenant(empty: World, wrong: str) -> None:
    empty.make(tenant_id=None)
    empty.make(tenant_id="tenant_1")

    assert empty.walk(tenant_id=wrong) == []


@pytest.mark.statement("list.filter-network-unique-id")
@pytest.mark.parametrize("wrong", ["146691", "1466912345678901235", "01466912345678901234", "1466912345678901234.0"])
def test_network_unique_id_must_match_exactly(empty: World, wrong: str) -> None:
    account = empty.make(network_unique_id="1466912345678901234")

    assert empty.walk(network_unique_id="1466912345678901234") == [account]
    assert empty.walk(network_unique_id=wrong) == []


@pytest.mark.statement("list.filter-alias")
def test_both_spellings_together_must_both_match(world: World) -> None:
    first, second = world.page(limit=2)["data"]
    same = first["network_unique_id"]

    assert world.walk(network_unique_id=same, networkUniqueId=same) == [first]
    assert world.walk(network_unique_id=same, networkUniqueId=second["network_unique_id"]) == []


@pytest.mark.statement("list.filters-and")
@pytest.mark.parametrize(("one", "two"), list(combinations(FILTERS, 2)))
def test_two_filters_must_both_match(world: World, one: str, two: str) -> None:
    walked = world.walk()
    complete = [each for each in walked if all(each[field] is not None for field in FIELDS)]
    for left, right in [(complete[0], complete[0]), (complete[0], complete[1]), (complete[2], complete[-1])]:
        values = {one: left[field_of(one)], two: right[field_of(two)]}
        matches = [each for each in walked if all(each[field_of(name)] == value for name, value in values.items())]
        assert world.walk(**values) == matches


@pytest.mark.statement("list.filters-and")
def test_all_filters_together_must_match(world: World) -> None:
    account = next(each for each in world.walk() if all(each[field] is not None for field in FIELDS))
    values: dict[str, Any] = {filter: account[field_of(filter)] for filter in FILTERS}

    assert world.walk(**values) == [account]
    assert world.walk(**{**values, "username": "another"}) == []


@pytest.mark.statement("list.filters-and")
def test_two_filters_apply_on_every_page(empty: World) -> None:
    for number in range(12):
        empty.make(platform=("x", "reddit")[number % 2], tenant_id=("t", "u", "v")[number % 3])
    matches = [each for each in empty.walk() if (each["platform"], each["tenant_id"]) == ("x", "t")]

    assert len(matches) == 2
    assert empty.walk(1, platform="x", tenant_id="t") == matches


@pytest.mark.assumption("filters.empty", "empty-page")
@pytest.mark.parametrize("name", ["tenant_id", "username", "network_unique_id", "networkUniqueId"])
def test_filter_with_an_empty_value_matches_no_account(world: World, name: str) -> None:
    assert world.list_response(f"{name}=").json()["data"] == []


@pytest.mark.statement("list.deleted-excluded")
@pytest.mark.assumption("list.settling", "at-once")
@pytest.mark.parametrize("filter", FILTERS)
def test_no_filter_finds_a_deleted_account(world: World, filter: str) -> None:
    account = next(each for each in world.walk() if all(each[field] is not None for field in FIELDS))
    values = {filter: account[field_of(filter)]}
    assert account in world.walk(**values)
    world.delete(account["id"])

    assert account["id"] not in [each["id"] for each in world.walk(**values)]


@pytest.mark.statement("list.filter-username", "list.filter-tenant", "list.filter-platform")
def test_filter_sees_a_changed_value(empty: World) -> None:
    account = empty.make(username="before", tenant_id="t")
    changed = empty.patch(account["id"], username="after", tenant_id=None)

    assert empty.walk(username="before") == empty.walk(tenant_id="t") == []
    assert empty.walk(username="after") == [changed]
