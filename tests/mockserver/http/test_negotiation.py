"""The Accept header: every response of the API is JSON."""

from __future__ import annotations

import pytest
from tests.support import wire
from tests.support.calls import Response
from tests.support.servers import RunningMock
from tests.support.world import World

TAKES_JSON = [
    "*/*", "application/json", "application/*", "Application/JSON", "application/json; charset=utf-8",
    "text/html, application/json", "text/html,application/xhtml+xml,*/*;q=0.8", "application/json;q=0.001",
    "*/*; q=0.1", "application/json;q=1.0, */*;q=0", "text/html;q=0, */*", "application/problem+json, application/json",
    "application/json;indent=2", "text/html;q=0.9,application/json;q=0.1",
    "application/xml;q=0,*/*;q=0.5",
]  # fmt: skip
EXCLUDES_JSON = [
    "text/html", "application/xml", "text/*", "application/json;q=0", "*/*;q=0", "application/*;q=0",
    "image/png, text/css", "application/json;q=0.0, text/html", "application/json;q=0, */*",
    "application/*;q=0, */*;q=1", "application/jsonx", "application/json;q=0.000", "text/json",
]  # fmt: skip
MALFORMED = [",", ";", ";;;", "*", "*/json", "a/b/c", "application/json;q=x", "q=1", "\xff", "/", "a" * 9000]


def get(server: RunningMock, world: World, *accepts: str) -> Response:
    headers: list[tuple[str, str | bytes]] = [("Authorization", f"Bearer {world.key}")]
    headers += [("Accept", accept) for accept in accepts]
    return server.exchange(wire.request("GET", "/api/v1/social-accounts?limit=1", headers))


@pytest.mark.statement("list.envelope")
def test_client_that_accepts_json_gets_json(server: RunningMock, empty: World) -> None:
    for accept in TAKES_JSON:
        response = get(server, empty, accept)
        assert (response.status, response.headers["content-type"]) == (200, "application/json"), accept


@pytest.mark.statement("list.envelope")
def test_client_without_an_accept_header_gets_json(server: RunningMock, empty: World) -> None:
    assert get(server, empty).status == 200


@pytest.mark.statement("list.envelope")
def test_several_accept_headers_are_one_list(server: RunningMock, empty: World) -> None:
    assert get(server, empty, "text/html", "application/json").status == 200
    assert get(server, empty, "text/html", "text/plain").status == 406


@pytest.mark.assumption("errors.no-server-error", "4xx")
def test_client_that_excludes_json_is_refused_in_json(server: RunningMock, empty: World) -> None:
    for accept in EXCLUDES_JSON:
        response = get(server, empty, accept)
        assert (response.status, response.headers["content-type"]) == (406, "application/problem+json"), accept


@pytest.mark.assumption("errors.no-server-error", "4xx")
def test_malformed_header_causes_no_server_error(server: RunningMock, empty: World) -> None:
    statuses = {accept[:20]: get(server, empty, accept).status for accept in MALFORMED}

    assert set(statuses.values()) <= {200, 400, 406}, statuses


@pytest.mark.statement("delete.acknowledged", "connect.kept-until-finalized")
def test_refused_request_has_no_effect(empty: World) -> None:
    account, session = empty.make(), empty.session()
    html: dict[str, str | bytes] = {"Accept": "text/html"}
    body = {"selectedPageIds": [session["pages"][0]["id"]]}
    pending = f"/social-accounts/pending/{session['session_token']}/finalize"

    assert empty.call("DELETE", f"/social-accounts/{account['id']}", headers=html).status_code == 406
    assert empty.call("POST", pending, headers=html, json=body).status_code == 406
    assert empty.get(account["id"]) == account
    assert empty.pending(session["session_token"])["availablePages"] == session["pages"]
