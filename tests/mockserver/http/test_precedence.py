"""If several things are wrong: 404 or 405 for the route, then 401, 403, 429, 406/415/413/400, 404, 422."""

from __future__ import annotations

import pytest
from tests.support.world import World

UNKNOWN = "00000000-0000-4000-8000-000000000000"
HTML: dict[str, str | bytes] = {"Accept": "text/html"}
TEXT: dict[str, str | bytes] = {"Content-Type": "text/plain"}

pytestmark = pytest.mark.statement("errors.problem-document")


def exhaust(world: World) -> None:
    """Exhaust the limit of writes on accounts."""
    for _ in range(20):
        assert world.delete_response(UNKNOWN).status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_unknown_path_precedes_method_and_key(world: World, method: str) -> None:
    assert world.call(method, "/nothing", None, HTML).status_code == 404


@pytest.mark.parametrize("key", [None, "nonsense", "sk_test_x_revoked"], ids=str)
def test_wrong_method_precedes_the_key(world: World, key: str | None) -> None:
    assert world.call("PUT", f"/social-accounts/{UNKNOWN}", key, {**HTML, **TEXT}, content=b"{").status_code == 405


def test_key_precedes_the_request(world: World) -> None:
    assert world.call("GET", "/social-accounts?limit=x&cursor=y", None, HTML).status_code == 401
    assert (
        world.call("POST", "/social-networks/myspace/auth-url", None, {**HTML, **TEXT}, content=b"{").status_code == 401
    )
    assert world.call("GET", "/social-accounts/no-uuid/metrics?since=x", world.revoked_key, HTML).status_code == 401


@pytest.mark.parametrize("suffix", ["_readonly_revoked", "_revoked", "_expired"])
def test_key_precedes_its_scope(world: World, suffix: str) -> None:
    """Only the last suffix counts; the rest belongs to the name."""
    assert world.delete_response(UNKNOWN, f"{world.key}{suffix}").status_code == 401


def test_scope_precedes_media_type_and_account(world: World) -> None:
    assert world.call("DELETE", f"/social-accounts/{UNKNOWN}", world.readonly_key, HTML).status_code == 403
    assert world.call("DELETE", "/social-accounts/no-uuid", world.readonly_key).status_code == 403


def test_scope_precedes_the_limit(limited: World) -> None:
    exhaust(limited)

    assert limited.delete_response(UNKNOWN, limited.readonly_key).status_code == 403


def test_key_precedes_the_limit(limited: World) -> None:
    exhaust(limited)

    assert limited.delete_response(UNKNOWN, limited.revoked_key).status_code == 401
    assert limited.delete_response(UNKNOWN, None).status_code == 401


def test_limit_precedes_media_type_and_account(limited: World) -> None:
    account = limited.make()
    exhaust(limited)

    assert limited.call("DELETE", f"/social-accounts/{account['id']}", headers=HTML).status_code == 429
    assert limited.call("DELETE", "/social-accounts/no-uuid").status_code == 429


def test_limit_precedes_the_body(limited: World) -> None:
    path = f"/social-accounts/pending/{limited.session()['session_token']}/finalize"
    exhaust(limited)

    assert limited.call("POST", path, None, json={}).status_code == 429
    assert limited.call("POST", path, None, TEXT, content=b"{").status_code == 429


def test_form_of_the_request_precedes_the_account(world: World) -> None:
    for path in ("", "/metrics", "/health"):
        assert world.call("GET", f"/social-accounts/{UNKNOWN}{path}", headers=HTML).status_code == 406
    assert world.metrics_response(UNKNOWN, {"since": "x"}).status_code == 400
    assert world.metrics_response("no-uuid", {"since": "x"}).status_code == 400


def test_inverted_window_precedes_the_account(world: World) -> None:
    assert world.metrics_response(UNKNOWN, {"since": 2, "until": 1}).status_code == 400


def test_form_of_the_request_precedes_the_session(world: World) -> None:
    path = "/social-accounts/pending/unknown/finalize"

    assert world.call("POST", path, None, HTML, json={"selectedPageIds": ["1"]}).status_code == 406
    assert world.call("POST", path, None, TEXT, content=b"{}").status_code == 415
    assert world.call("POST", path, None, json={"x": "x" * 2**20}).status_code == 413
    assert world.call("POST", path, None, json={"selectedPageIds": []}).status_code == 400


def test_session_precedes_its_pages(world: World) -> None:
    session = world.session(expires_in=0)

    assert world.finalize_response(session["session_token"], "unknown").status_code == 404


def test_parameter_precedes_the_cursor(world: World) -> None:
    response = world.list_response("limit=x&cursor=y")

    assert response.status_code == 400
    assert response.json()["code"] == "validation_failed"
