"""Query strings that are unusual or wrong."""

from __future__ import annotations

import pytest
from tests.support import wire
from tests.support.calls import Response
from tests.support.servers import RunningMock
from tests.support.world import World

NOT_INTEGERS = [
    "1_0", "%201", "1%20", "1+", "+1", "%2B1", "1.0", "1.5", "1e1", "0x10", "", "NaN", "Infinity", "true", "null",
    "ten", "%D9%A5", "%EF%BC%95", "%00", "1%00", "%FF", "1%0A", "[1]", "1,2", "--1", "5%E2%80%8B", "%C2%B2",
]  # fmt: skip
ODD = [
    "", "&", "&&&", "=", "?", "a", "=b", "limit[]=1", "limit%5B%5D=1", "%", "%zz", "%E0%A4%A", ";", "a;b=c", "#", "\\",
    "|", "username=%FF", "username=%00", "tenant_id=%ED%A0%80", "username=" + "a" * 8000,
    "&".join(f"p{n}=1" for n in range(900)), "networkUniqueId=", "network_unique_id=%F0%9F%92%A5", "username=%25%32%35",
]  # fmt: skip


def get(server: RunningMock, world: World, query: str) -> Response:
    """List accounts with the query string as it is."""
    header = ("Authorization", f"Bearer {world.key}")
    return server.exchange(wire.request("GET", f"/api/v1/social-accounts?{query}", [header]))


@pytest.mark.statement("errors.validation")
@pytest.mark.assumption("errors.listed", "always")
@pytest.mark.assumption("errors.no-server-error", "4xx")
def test_limit_that_is_not_a_plain_integer_is_refused(server: RunningMock, empty: World) -> None:
    for limit in NOT_INTEGERS:
        response = get(server, empty, f"limit={limit}")
        assert response.status == 400, limit
        assert [(error["in"], error["name"]) for error in response.json["errors"]] == [("query", "limit")], limit


@pytest.mark.assumption("errors.no-server-error", "4xx")
def test_odd_query_causes_no_server_error_and_matches_literally(server: RunningMock, world: World) -> None:
    for query in ODD:
        response = get(server, world, query)
        assert response.status in (200, 400), query[:80]
        if response.status == 200 and "username=" in query:
            assert response.json["data"] == [], query[:80]


@pytest.mark.statement("list.limit-100")
@pytest.mark.assumption("parameters.repeated", "last-wins")
def test_last_repeated_parameter_counts(world: World) -> None:
    for query, count in (("limit=3&limit=7", 7), ("limit=7&limit=3", 3), ("limit=0&limit=4", 4)):
        assert len(world.list_response(query).json()["data"]) == count, query


@pytest.mark.statement("list.filter-platform")
@pytest.mark.assumption("parameters.repeated", "last-wins")
def test_last_repeated_filter_counts(world: World) -> None:
    assert {each["platform"] for each in world.list_response("platform=x&platform=reddit").json()["data"]} == {"reddit"}


@pytest.mark.statement("list.envelope")
@pytest.mark.assumption("parameters.unknown", "ignored")
def test_unknown_parameter_is_ignored(world: World) -> None:
    page = world.page()
    for query in ("foo=bar", "Limit=1", "offset=5", "page=2", "tenantId=x", "a=1&a=2", "status=active"):
        assert world.list_response(query).json() == page, query


@pytest.mark.statement("list.envelope")
@pytest.mark.assumption("parameters.unknown", "ignored")
def test_unknown_parameter_is_ignored_by_every_operation(empty: World) -> None:
    account, session = empty.make(), empty.session()
    for path in ("", "/metrics", "/health"):
        assert empty.call("GET", f"/social-accounts/{account['id']}{path}?limit=x&foo=bar").status_code == 200
    assert empty.call("GET", f"/social-accounts/pending/{session['session_token']}?id=x", None).status_code == 200
    assert empty.call("DELETE", f"/social-accounts/{account['id']}?cursor=x").status_code == 200


@pytest.mark.statement("list.filter-username")
def test_query_is_decoded_as_forms_are(empty: World) -> None:
    account = empty.make(username="a b")

    for query in ("username=a+b", "username=a%20b", "%75sername=a%20b", "username=%61%20%62"):
        assert empty.list_response(query).json()["data"] == [account], query


@pytest.mark.statement("list.filter-username")
def test_escaped_text_is_decoded_once(empty: World) -> None:
    account = empty.make(username="%41")
    empty.make(username="A")

    assert empty.list_response("username=%2541").json()["data"] == [account]
