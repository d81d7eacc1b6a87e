"""Problem documents: the form of every refusal. (Every call of these tests checks it, too.)"""

from __future__ import annotations

from typing import Any, NamedTuple

import httpx
import pytest
from tests.support import schemas
from tests.support.world import World

UNKNOWN = "00000000-0000-4000-8000-000000000000"
KEYED = [
    ("GET", "/social-accounts"),
    ("GET", f"/social-accounts/{UNKNOWN}"),
    ("DELETE", f"/social-accounts/{UNKNOWN}"),
    ("GET", f"/social-accounts/{UNKNOWN}/metrics"),
    ("GET", f"/social-accounts/{UNKNOWN}/health"),
    ("POST", "/social-networks/x/auth-url"),
]
EVERY = [*KEYED, ("GET", "/social-accounts/pending/none"), ("POST", "/social-accounts/pending/none/finalize")]


class Refusal(NamedTuple):
    """A request (`more` is httpx's) and its expected refusal."""

    method: str
    path: str
    more: dict[str, Any]
    status: int
    code: str

    def send(self, world: World) -> httpx.Response:
        return world.call(self.method, self.path, **self.more)


PENDING, AUTH_URL = "/social-accounts/pending/none", "/social-networks/x/auth-url"
REFUSALS = [
    *(Refusal(method, path, {"key": None}, 401, "unauthorized") for method, path in KEYED),
    *(Refusal(method, path, {"headers": {"Accept": "text/html"}}, 406, "not_acceptable") for method, path in EVERY),
    *(Refusal(method, path, {}, 404, "not_found") for method, path in KEYED[1:5]),
    Refusal("GET", "/social-accounts?limit=0", {}, 400, "validation_failed"),
    Refusal("GET", "/social-accounts?cursor=x", {}, 400, "invalid_cursor"),
    Refusal("GET", f"/social-accounts/{UNKNOWN}/metrics?since=x", {}, 400, "validation_failed"),
    Refusal("GET", PENDING, {}, 404, "not_found"),
    Refusal("POST", f"{PENDING}/finalize", {"json": {"selectedPageIds": ["1"]}}, 404, "not_found"),
    Refusal("POST", f"{PENDING}/finalize", {"json": {"selectedPageIds": []}}, 400, "validation_failed"),
    Refusal("POST", f"{PENDING}/finalize", {"content": b"x"}, 415, "unsupported_media_type"),
    Refusal("POST", AUTH_URL, {"content": b"x"}, 415, "unsupported_media_type"),
    Refusal("POST", AUTH_URL, {"json": {"x": "x" * 2**20}}, 413, "content_too_large"),
    Refusal("POST", AUTH_URL, {"json": []}, 400, "validation_failed"),
    Refusal("POST", "/social-networks/myspace/auth-url", {}, 400, "validation_failed"),
    Refusal("PUT", "/social-accounts", {}, 405, "method_not_allowed"),
    Refusal("GET", "/nothing", {}, 404, "not_found"),
    Refusal("GET", "/posts", {}, 404, "not_mocked"),
]
every_refusal = pytest.mark.parametrize(
    "refusal", REFUSALS, ids=[f"{each.code}-{each.method}-{each.path}-{n}" for n, each in enumerate(REFUSALS)]
)


@pytest.mark.statement("errors.problem-document", "errors.title", "errors.status")
@every_refusal
def test_refusal_is_a_problem_document(world: World, refusal: Refusal) -> None:
    response = refusal.send(world)

    assert response.status_code == refusal.status
    schemas.check_problem(response.status_code, response.headers, response.json())
    assert isinstance(response.json()["detail"], str)


@pytest.mark.statement("errors.code")
@pytest.mark.assumption("errors.codes", "one-per-kind")
@every_refusal
def test_code_is_stable(world: World, refusal: Refusal) -> None:
    assert [refusal.send(world).json()["code"] for _ in range(3)] == [refusal.code] * 3


@pytest.mark.statement("errors.validation")
@every_refusal
def test_errors_appear_only_for_failed_validation(world: World, refusal: Refusal) -> None:
    response = refusal.send(world).json()

    assert ("errors" in response) == (refusal.code == "validation_failed")
    assert response.get("errors", ["x"])


@pytest.mark.statement("errors.problem-document", "errors.title", "errors.status")
def test_key_without_the_scope_is_refused_with_a_problem_document(world: World) -> None:
    response = world.delete_response(UNKNOWN, world.readonly_key)

    schemas.check_problem(403, response.headers, response.json())


@pytest.mark.statement("errors.problem-document", "errors.title", "errors.status")
def test_page_that_is_not_offered_is_refused_with_a_problem_document(world: World) -> None:
    response = world.finalize_response(world.session()["session_token"], "x")

    schemas.check_problem(422, response.headers, response.json())


@pytest.mark.statement("errors.validation")
@pytest.mark.assumption("errors.validation-status", "400")
def test_failed_validation_gets_400(world: World) -> None:
    statuses = [each.send(world).status_code for each in REFUSALS if each.code == "validation_failed"]

    assert set(statuses) == {400}


@pytest.mark.statement("errors.validation")
def test_all_violations_of_a_query_are_reported_at_once(world: World) -> None:
    response = world.list_response({"limit": "many", "id": "x", "platform": "myspace"}).json()

    assert sorted((each["in"], each["name"]) for each in response["errors"]) == [
        ("query", "id"),
        ("query", "limit"),
        ("query", "platform"),
    ]
    assert all(each["message"] for each in response["errors"])


@pytest.mark.statement("errors.validation")
def test_all_violations_of_a_body_are_reported_with_their_places(world: World) -> None:
    body = {"redirect_uri": 7, "tenant_id": ["x"]}
    response = world.auth_url_response(json=body).json()

    assert sorted((each["in"], each["pointer"]) for each in response["errors"]) == [
        ("body", "/redirect_uri"),
        ("body", "/tenant_id"),
    ]


@pytest.mark.statement("errors.validation")
def test_place_within_a_list_is_reported(world: World) -> None:
    path = f"/social-accounts/pending/{world.session()['session_token']}/finalize"
    response = world.call("POST", path, None, json={"selectedPageIds": ["1", 2, "3", None]}).json()

    assert [each["pointer"] for each in response["errors"]] == ["/selectedPageIds/1", "/selectedPageIds/3"]


@pytest.mark.statement("errors.validation")
def test_places_distinguish_query_path_and_body(world: World) -> None:
    response = world.auth_url_response("myspace", json={"redirect_uri": 7}).json()

    assert {each["in"] for each in response["errors"]} == {"path", "body"}


@pytest.mark.statement("errors.problem-document")
def test_problem_has_its_own_media_type(world: World) -> None:
    """Clients that accept any JSON get problem documents as well."""
    for accept in ("application/json", "*/*", "application/*", "application/problem+json"):
        response = world.call("GET", f"/social-accounts/{UNKNOWN}", headers={"Accept": accept})
        assert response.headers["content-type"] == "application/problem+json"
