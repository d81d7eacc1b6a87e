"""The Accept header: JSON is all that can be sent."""

from __future__ import annotations

import pytest
from tests.mockserver.http import wire
from tests.mockserver.http.server import Server
from tests.mockserver.http.wire import Answer
from tests.mockserver.http.world import World

TAKES_JSON = [
    "*/*", "application/json", "application/*", "Application/JSON", "application/json; charset=utf-8",
    "text/html, application/json", "text/html,application/xhtml+xml,*/*;q=0.8", "application/json;q=0.001",
    "*/*; q=0.1", "application/json;q=1.0, */*;q=0", "text/html;q=0, */*", "application/problem+json, application/json",
    "application/json;indent=2", "text/html;q=0.9,application/json;q=0.1",
    "application/xml;q=0,*/*;q=0.5",
]  # fmt: skip
TAKES_NO_JSON = [
    "text/html", "application/xml", "text/*", "application/json;q=0", "*/*;q=0", "application/*;q=0",
    "image/png, text/css", "application/json;q=0.0, text/html", "application/json;q=0, */*",
    "application/*;q=0, */*;q=1", "application/jsonx", "application/json;q=0.000", "text/json",
]  # fmt: skip


def get(server: Server, world: World, *accepts: str) -> Answer:
    headers: list[tuple[str, str | bytes]] = [("Authorization", f"Bearer {world.key}")]
    headers += [("Accept", accept) for accept in accepts]
    return server.exchange(wire.request("GET", "/api/v1/social-accounts?limit=1", headers))


@pytest.mark.statement("list.envelope")
@pytest.mark.parametrize("accept", TAKES_JSON)
def test_json_is_sent_to_who_takes_it(server: Server, world: World, accept: str) -> None:
    answer = get(server, world, accept)

    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")


@pytest.mark.statement("list.envelope")
def test_json_is_sent_to_who_says_nothing_of_what_they_take(server: Server, world: World) -> None:
    assert get(server, world).status == 200


@pytest.mark.statement("list.envelope")
def test_several_accept_headers_are_one_list(server: Server, world: World) -> None:
    assert get(server, world, "text/html", "application/json").status == 200
    assert get(server, world, "text/html", "text/plain").status == 406


@pytest.mark.statement("errors.no-server-error")
@pytest.mark.parametrize("accept", TAKES_NO_JSON)
def test_who_takes_no_json_is_refused_in_json_all_the_same(server: Server, world: World, accept: str) -> None:
    answer = get(server, world, accept)

    assert answer.status == 406
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.statement("errors.no-server-error")
@pytest.mark.parametrize(
    "accept", [",", ";", ";;;", "*", "*/json", "a/b/c", "application/json;q=x", "q=1", "\xff", "/", "a" * 9000]
)
def test_header_that_is_no_list_of_media_types_is_no_server_error(server: Server, world: World, accept: str) -> None:
    assert get(server, world, accept).status in (200, 400, 406)


@pytest.mark.statement("delete.acknowledged", "connect.kept-until-finalized")
def test_refusal_comes_before_anything_is_done(world: World) -> None:
    account, session = world.make(), world.session()
    html: dict[str, str | bytes] = {"Accept": "text/html"}
    body = {"selectedPageIds": [session["pages"][0]["id"]]}
    pending = f"/social-accounts/pending/{session['session_token']}/finalize"

    assert world.call("DELETE", f"/social-accounts/{account['id']}", headers=html).status_code == 406
    assert world.call("POST", pending, headers=html, json=body).status_code == 406
    assert world.get(account["id"]) == account
    assert world.pending(session["session_token"])["availablePages"] == session["pages"]
