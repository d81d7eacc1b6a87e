"""Alternatives for requests: parameters, ids, limits, statuses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.mockserver.assumptions.conftest import flags
from tests.mockserver.conftest import Serve
from tests.support.times import NOW
from tests.support.world import World

UNKNOWN = "00000000-0000-4000-8000-000000000000"
FILTERS = ("tenant_id", "username", "network_unique_id", "networkUniqueId")


@pytest.mark.assumption("errors.validation-status", "422")
@pytest.mark.parametrize("query", ["limit=x", "limit=1_0", "limit=%00"])
def test_invalid_parameter_gets_422_with_errors(assumed: World, query: str) -> None:
    response = assumed.list_response(query)

    assert response.status_code == 422
    assert response.json()["errors"][0]["name"] == "limit"


@pytest.mark.assumption("errors.validation-status", "422")
def test_invalid_bound_gets_422_with_errors(assumed: World) -> None:
    response = assumed.metrics_response(assumed.make()["id"], {"since": "x"})

    assert response.status_code == 422
    assert response.json()["errors"]


@pytest.mark.assumption("errors.validation-status", "422")
def test_invalid_body_gets_422_with_errors_with_and_without_a_key(assumed: World) -> None:
    path = f"/social-accounts/pending/{assumed.session()['session_token']}/finalize"
    for response in (assumed.call("POST", path, None, json={}), assumed.auth_url_response(json={"tenant_id": 1})):
        assert response.status_code == 422
        assert response.json()["errors"]


@pytest.mark.assumption("errors.validation-status", "422")
def test_invalid_cursor_still_gets_the_documented_400(assumed: World) -> None:
    response = assumed.list_response("cursor=x")

    assert (response.status_code, response.json()["detail"]) == (400, "Invalid cursor")


@pytest.mark.assumption("errors.listed", "never")
def test_problem_document_of_a_failed_validation_has_no_errors(assumed: World) -> None:
    path = f"/social-accounts/pending/{assumed.session()['session_token']}/finalize"
    for response in (
        assumed.list_response("limit=x"),
        assumed.metrics_response(assumed.make()["id"], {"since": "x"}),
        assumed.call("POST", path, None, json={}),
        assumed.auth_url_response(json={"redirect_uri": "no URL"}),
    ):
        assert response.status_code == 400
        assert response.json()["detail"]
        assert "errors" not in response.json()


@pytest.mark.assumption("isolation.status", "403")
@pytest.mark.parametrize(
    ("method", "below"), [("GET", ""), ("GET", "/metrics"), ("GET", "/health"), ("DELETE", "")], ids=str
)
def test_account_of_another_organization_gets_403_and_stays(assumed: World, method: str, below: str) -> None:
    other = replace(assumed, name=f"{assumed.name}-other")
    account = other.make()
    response = assumed.call(method, f"/social-accounts/{account['id']}{below}")

    assert response.status_code == 403
    assert other.get(account["id"]) == account
    assert assumed.call(method, f"/social-accounts/{UNKNOWN}{below}").status_code == 404


@pytest.mark.assumption("parameters.unknown", "refused")
@pytest.mark.parametrize("query", ["foo=bar", "Limit=1", "limit=1&foo=bar", "foo"])
def test_unknown_parameter_is_refused(assumed: World, query: str) -> None:
    response = assumed.list_response(query)

    assert response.status_code == 400
    assert [error["name"] for error in response.json()["errors"]] == ["Limit" if query.startswith("Limit") else "foo"]


@pytest.mark.assumption("parameters.unknown", "refused")
def test_unknown_parameter_is_refused_by_every_operation(assumed: World) -> None:
    account, session = assumed.make(), assumed.session()
    for method, path in [("GET", ""), ("DELETE", ""), ("GET", "/metrics"), ("GET", "/health")]:
        assert assumed.call(method, f"/social-accounts/{account['id']}{path}?foo=1").status_code == 400
    assert assumed.call("GET", f"/social-accounts/pending/{session['session_token']}?foo=1", None).status_code == 400
    assert assumed.get(account["id"]) == account


@pytest.mark.assumption("parameters.unknown", "refused")
def test_known_parameters_are_accepted(assumed: World) -> None:
    account = assumed.make()
    values = {name: account[name] for name in ("id", "platform", "username", "network_unique_id") if account[name]}

    assert assumed.page(limit=5, networkUniqueId=account["network_unique_id"], **values)["data"] == [account]
    assert assumed.metrics(account["id"], since=NOW, until=NOW)


@pytest.mark.assumption("parameters.repeated", "refused")
@pytest.mark.parametrize(
    "query", ["limit=1&limit=2", "limit=1&limit=1", "platform=x&platform=reddit", "username=&username="]
)
def test_repeated_parameter_is_refused(assumed: World, query: str) -> None:
    response = assumed.list_response(query)

    assert response.status_code == 400
    assert {error["name"] for error in response.json()["errors"]} == {query.partition("=")[0]}


@pytest.mark.assumption("ids.malformed-path", "400")
@pytest.mark.parametrize("id", ["acme", "123", "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a123g"])
def test_malformed_id_in_the_path_is_refused_with_errors(assumed: World, id: str) -> None:
    for response in (
        assumed.get_response(id),
        assumed.delete_response(id),
        assumed.metrics_response(id),
        assumed.health_response(id),
    ):
        assert response.status_code == 400
        assert [(error["in"], error["name"]) for error in response.json()["errors"]] == [("path", "id")]
    assert assumed.get_response(UNKNOWN).status_code == 404


@pytest.mark.assumption("ids.malformed-filter", "empty-page")
@pytest.mark.parametrize("id", ["acme", "", "123", "%00"])
def test_malformed_id_filter_gives_an_empty_page(assumed: World, id: str) -> None:
    assert assumed.list_response(f"id={id}").json() == {"data": [], "next_cursor": None}


@pytest.mark.assumption("platform.unknown-filter", "empty-page")
@pytest.mark.parametrize("platform", ["myspace", "", "X"])
def test_unknown_platform_gives_an_empty_page(assumed: World, platform: str) -> None:
    assert assumed.list_response(f"platform={platform}").json() == {"data": [], "next_cursor": None}
    assert assumed.page(platform="x")["data"]


@pytest.mark.assumption("limit.above-range", "clamped")
@pytest.mark.parametrize("limit", [101, 10**9, 10**30])
def test_limit_above_the_range_is_clamped(assumed: World, limit: int) -> None:
    assert len(assumed.page(limit=limit)["data"]) == 100


@pytest.mark.assumption("limit.below-range", "clamped")
@pytest.mark.parametrize("limit", [0, -7, -(10**30)])
def test_limit_below_the_range_is_clamped(assumed: World, limit: int) -> None:
    assert len(assumed.page(limit=limit)["data"]) == 1


@pytest.mark.assumption("limit.above-range", "default")
def test_limit_above_the_range_is_replaced_by_the_default(assumed: World) -> None:
    assert len(assumed.page(limit=101)["data"]) == 25


@pytest.mark.assumption("limit.below-range", "default")
def test_limit_below_the_range_is_replaced_by_the_default(assumed: World) -> None:
    assert len(assumed.page(limit=0)["data"]) == 25


@pytest.mark.assumption("filters.empty", "ignored")
@pytest.mark.parametrize("name", FILTERS)
def test_filter_with_an_empty_value_is_ignored(assumed: World, name: str) -> None:
    assert assumed.list_response(f"{name}=&platform=x").json() == assumed.page(platform="x")


@pytest.mark.assumption("filters.empty", "refused")
@pytest.mark.parametrize("name", FILTERS)
def test_filter_with_an_empty_value_is_refused(assumed: World, name: str) -> None:
    response = assumed.list_response(f"{name}=")

    assert response.status_code == 400
    assert [(error["in"], error["name"]) for error in response.json()["errors"]] == [("query", name)]


@pytest.mark.assumption("ids.malformed-path", "422")
def test_malformed_id_in_the_path_answers_422(assumed: World) -> None:
    response = assumed.get_response("acme")

    assert response.status_code == 422
    assert [(error["in"], error["name"]) for error in response.json()["errors"]] == [("path", "id")]


@pytest.mark.assumption("list.end", "left-out")
def test_last_page_has_no_cursor(assumed: World) -> None:
    assert "next_cursor" in assumed.page(limit=1)
    assert assumed.list_response("username=nobody-at-all").json() == {"data": []}
    assert set(assumed.page(platform="x", limit=100)) == {"data"}


@pytest.mark.assumption("fields.null", "left-out")
def test_fields_without_a_value_are_left_out(assumed: World) -> None:
    made = assumed.make(platform="x", username=None, tenant_id=None, token_expires_at=None)
    account, health = assumed.get(made["id"]), assumed.health_response(made["id"]).json()

    assert not {"username", "tenant_id"} & account.keys()
    assert account in assumed.page(id=made["id"])["data"]
    assert not {"error_code", "token_expires_at"} & health.keys()


@pytest.mark.assumption("fields.null", "left-out")
def test_connected_account_without_a_username_has_none(assumed: World) -> None:
    pages = [{"id": id, "type": "page", "name": id, "username": None} for id in ("1", "2")]
    token = assumed.session(pages=pages)["session_token"]
    (account,) = assumed.finalize_response(token, "1").json()["connectedAccounts"]

    assert account == {"id": account["id"], "nickname": "1", "network": account["network"], "accountType": "page"}


@pytest.mark.assumption("auth-url.scope", "accounts-write")
def test_key_without_scopes_may_not_start_the_connect_flow(assumed: World) -> None:
    response = assumed.auth_url_response(key=assumed.readonly_key)

    assert (response.status_code, response.json()["code"]) == (403, "insufficient_scope")
    assert assumed.auth_url_response().status_code == 200


@pytest.mark.assumption("auth-url.unknown-platform", "404")
def test_connect_flow_of_an_unknown_platform_answers_404(assumed: World) -> None:
    response = assumed.auth_url_response("myspace")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert "errors" not in response.json()


@pytest.mark.assumption("limits.unkeyed-finalize", "uncounted")
def test_finalizing_does_not_count_in_any_limit(assumed: World) -> None:
    token = assumed.session()["session_token"]
    assert [assumed.finalize_response(token, "unknown").status_code for _ in range(25)] == [422] * 25

    assert [assumed.delete_response(UNKNOWN).status_code for _ in range(21)] == [404] * 20 + [429]
    assert assumed.finalize_response(token, "unknown").status_code == 422


@pytest.mark.assumption("limits.window-start", "aligned")
def test_window_starts_on_the_full_minute(assumed: World) -> None:
    assumed.advance(seconds=45)
    assert [assumed.delete_response(UNKNOWN).status_code for _ in range(21)] == [404] * 20 + [429]
    assert assumed.delete_response(UNKNOWN).headers["retry-after"] == "15"
    assumed.advance(seconds=14.999)
    assert assumed.delete_response(UNKNOWN).status_code == 429
    assumed.advance(seconds=0.001)

    assert assumed.delete_response(UNKNOWN).status_code == 404


@pytest.mark.assumption("keys.modes", "separate")
def test_each_mode_has_its_own_data(serve: Serve, name: str) -> None:
    world = serve("--assume", "keys.modes=separate").world(name)
    live, test = (world.list_response("limit=100", key).json()["data"] for key in (world.live_key, world.key))

    assert len(live) == len(test) == 100
    assert not {each["id"] for each in live} & {each["id"] for each in test}
    assert world.get_response(live[0]["id"], world.key).status_code == 404
    assert world.delete_response(live[0]["id"], world.key).status_code == 404
    assert world.delete_response(live[0]["id"], world.live_key).status_code == 200


@pytest.mark.assumption("keys.modes", "separate")
def test_suffix_and_control_api_follow_the_mode_of_the_key(serve: Serve, name: str) -> None:
    world = serve("--assume", "keys.modes=separate").world(name)
    account = world.control_response("POST", "/accounts", {}, key=f"{world.live_key}_revoked").json()

    assert world.get_response(account["id"], f"{world.live_key}_readonly").json() == account
    assert world.get_response(account["id"], world.readonly_key).status_code == 404


def test_server_decides_for_a_call_that_belongs_to_no_world(serve: Serve, name: str) -> None:
    world = serve(*flags("errors.listed", "never")).world(name)
    response = world.call("POST", "/social-accounts/pending/unknown/finalize", None, json={})

    assert response.status_code == 400
    assert "errors" not in response.json()
