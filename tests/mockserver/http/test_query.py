"""Query strings that are unusual or wrong."""

from __future__ import annotations

import pytest
from tests.mockserver.http import wire
from tests.mockserver.http.server import Server
from tests.mockserver.http.wire import Answer
from tests.mockserver.http.world import World

NO_INTEGER = [
    "1_0", "%201", "1%20", "1+", "+1", "%2B1", "1.0", "1.5", "1e1", "0x10", "", "NaN", "Infinity", "true", "null",
    "ten", "%D9%A5", "%EF%BC%95", "%00", "1%00", "%FF", "1%0A", "[1]", "1,2", "--1", "5%E2%80%8B", "%C2%B2",
]  # fmt: skip
NO_HARM = [
    "", "&", "&&&", "=", "?", "a", "=b", "limit[]=1", "limit%5B%5D=1", "%", "%zz", "%E0%A4%A", ";", "a;b=c", "#", "\\",
    "|", "username=%FF", "username=%00", "tenant_id=%ED%A0%80", "username=" + "a" * 8000,
    "&".join(f"p{n}=1" for n in range(900)), "networkUniqueId=", "network_unique_id=%F0%9F%92%A5", "username=%25%32%35",
]  # fmt: skip


def get(server: Server, world: World, query: str) -> Answer:
    """List with a query string that goes over the wire as it is."""
    header = ("Authorization", f"Bearer {world.key}")
    return server.exchange(wire.request("GET", f"/api/v1/social-accounts?{query}", [header]))


@pytest.mark.statement("errors.validation", "errors.no-server-error")
@pytest.mark.parametrize("limit", NO_INTEGER)
def test_limit_that_is_no_plain_integer_is_refused(server: Server, world: World, limit: str) -> None:
    answer = get(server, world, f"limit={limit}")

    assert answer.status == 400
    assert [(error["in"], error["name"]) for error in answer.json["errors"]] == [("query", "limit")]


@pytest.mark.statement("errors.no-server-error")
@pytest.mark.parametrize("query", NO_HARM, ids=range(len(NO_HARM)))
def test_odd_query_is_no_server_error_and_shows_no_account_that_does_not_match(
    server: Server, world: World, query: str
) -> None:
    answer = get(server, world, query)

    assert answer.status in (200, 400)
    if answer.status == 200 and "username=" in query:
        assert answer.json["data"] == []


@pytest.mark.statement("list.limit-100")
@pytest.mark.assumption("parameters.repeated", "last-wins")
@pytest.mark.parametrize(("query", "count"), [("limit=3&limit=7", 7), ("limit=7&limit=3", 3), ("limit=0&limit=4", 4)])
def test_last_of_a_repeated_parameter_counts(world: World, query: str, count: int) -> None:
    assert len(world.list_answer(query).json()["data"]) == count


@pytest.mark.statement("list.filter-platform")
@pytest.mark.assumption("parameters.repeated", "last-wins")
def test_last_of_a_repeated_filter_counts(world: World) -> None:
    assert {each["platform"] for each in world.list_answer("platform=x&platform=reddit").json()["data"]} == {"reddit"}


@pytest.mark.statement("list.envelope")
@pytest.mark.assumption("parameters.unknown", "ignored")
@pytest.mark.parametrize(
    "query", ["foo=bar", "Limit=1", "offset=5", "page=2", "tenantId=x", "a=1&a=2", "status=active"]
)
def test_unknown_parameter_is_ignored(world: World, query: str) -> None:
    assert world.list_answer(query).json() == world.page()


@pytest.mark.statement("list.envelope")
@pytest.mark.assumption("parameters.unknown", "ignored")
def test_unknown_parameter_is_ignored_by_every_operation(world: World) -> None:
    account, session = world.make(), world.session()
    for path in ("", "/metrics", "/health"):
        assert world.call("GET", f"/social-accounts/{account['id']}{path}?limit=x&foo=bar").status_code == 200
    assert world.call("GET", f"/social-accounts/pending/{session['session_token']}?id=x", None).status_code == 200
    assert world.call("DELETE", f"/social-accounts/{account['id']}?cursor=x").status_code == 200


@pytest.mark.statement("list.filter-username")
@pytest.mark.parametrize("query", ["username=a+b", "username=a%20b", "%75sername=a%20b", "username=%61%20%62"])
def test_query_is_decoded_as_forms_are(empty: World, query: str) -> None:
    made = empty.make(username="a b")

    assert empty.list_answer(query).json()["data"] == [made]


@pytest.mark.statement("list.filter-username")
def test_escaped_text_is_decoded_once(empty: World) -> None:
    made = empty.make(username="%41")
    empty.make(username="A")

    assert empty.list_answer("username=%2541").json()["data"] == [made]
