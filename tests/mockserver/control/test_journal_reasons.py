"""The control API: the rule that refused a request, as the journal names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.mockserver.control.test_journal_rules import KNOWN
from tests.support.world import Json, World

from postfuze_mock import spec

UNKNOWN = "00000000-0000-4000-8000-000000000000"
STATEMENTS = {statement.id: statement.statement for statement in spec.statements()}
TEXT: dict[str, str | bytes] = {"Content-Type": "text/plain"}
Call = Callable[[World], Any]


def deleted(world: World) -> str:
    id: str = world.page()["data"][0]["id"]
    world.delete(id)
    return id


def finalize(world: World, *pages: str, times: int = 1, **session: Any) -> None:
    token = world.session(**session)["session_token"]
    for _ in range(times):
        world.finalize_response(token, *pages)


def finalize_twice(world: World) -> None:
    session = world.session()
    for _ in range(2):
        world.finalize_response(session["session_token"], session["pages"][0]["id"])


REFUSALS: list[tuple[str, int, Call]] = [
    ("auth.malformed", 401, lambda world: world.call("GET", "/social-accounts", "nonsense")),
    ("auth.revoked", 401, lambda world: world.list_response(key=world.revoked_key)),
    ("auth.expired", 401, lambda world: world.list_response(key=world.expired_key)),
    ("auth.write-scopes", 403, lambda world: world.delete_response(UNKNOWN, world.readonly_key)),
    ("paths.unknown", 404, lambda world: world.call("GET", "/nothing")),
    ("paths.not-mocked", 404, lambda world: world.call("GET", "/posts/1")),
    ("paths.method", 405, lambda world: world.call("PATCH", "/social-accounts")),
    ("media-types.answer", 406, lambda world: world.call("GET", "/social-accounts", headers={"Accept": "text/html"})),
    ("media-types.body", 415, lambda world: world.auth_url_response(headers=TEXT, content=b"{}")),
    ("bodies.size", 413, lambda world: world.auth_url_response(json={"tenant_id": "x" * (1 << 20)})),
    ("errors.validation", 400, lambda world: world.list_response("limit=many")),
    ("errors.validation", 400, lambda world: world.list_response("limit=0&platform=myspace")),
    ("errors.validation", 400, lambda world: world.auth_url_response(json={"tenant_id": 1})),
    ("errors.validation", 400, lambda world: world.metrics_response(UNKNOWN, "since=yesterday")),
    ("limit.below-range", 400, lambda world: world.list_response("limit=0")),
    ("limit.above-range", 400, lambda world: world.list_response("limit=101")),
    ("platform.unknown-filter", 400, lambda world: world.list_response("platform=myspace")),
    ("ids.malformed-filter", 400, lambda world: world.list_response("id=1")),
    ("ids.malformed-path", 404, lambda world: world.get_response("1")),
    ("auth-url.unknown-platform", 400, lambda world: world.auth_url_response("myspace")),
    ("list.cursor-signed", 400, lambda world: world.list_response("cursor=x")),
    ("metrics.inverted-window", 400, lambda world: world.metrics_response(UNKNOWN, "since=2&until=1")),
    ("get.unknown", 404, lambda world: world.get_response(UNKNOWN)),
    ("get.deleted", 404, lambda world: world.get_response(deleted(world))),
    ("delete.unknown", 404, lambda world: world.delete_response(UNKNOWN)),
    ("delete.again", 404, lambda world: world.delete_response(deleted(world))),
    ("get.unknown", 404, lambda world: world.metrics_response(UNKNOWN)),
    ("deleted.inspection", 404, lambda world: world.metrics_response(deleted(world))),
    ("health.unknown", 404, lambda world: world.health_response(UNKNOWN)),
    ("deleted.inspection", 404, lambda world: world.health_response(deleted(world))),
    ("connect.unknown-session", 404, lambda world: world.pending_response("unknown", world.key)),
    (
        "connect.expired-session",
        404,
        lambda world: world.pending_response(world.session(expires_in=0)["session_token"]),
    ),
    ("connect.once", 404, finalize_twice),
    ("connect.at-least-one", 400, finalize),
    ("finalize.unknown-page", 422, lambda world: finalize(world, "1")),
]
#: Refusals that depend on the decision of an assumption.
DECIDED: list[tuple[str, str, int, Call]] = [
    ("parameters.unknown", "refused", 400, lambda world: world.list_response("a=1")),
    ("parameters.repeated", "refused", 400, lambda world: world.list_response("limit=1&limit=1")),
    ("auth-url.scope", "accounts-write", 403, lambda world: world.auth_url_response(key=world.readonly_key)),
    ("auth-url.unknown-platform", "404", 404, lambda world: world.auth_url_response("myspace")),
    ("ids.malformed-path", "400", 400, lambda world: world.get_response("1")),
    ("finalize.duplicate-page", "refused", 400, lambda world: finalize(world, "1", "1")),
]


def refused(world: World) -> Json:
    """The last entry, which must be a refusal."""
    entry = world.requests()[-1]
    assert entry["problem"] is not None
    return entry


def names(refusals: list[Any]) -> list[str]:
    return [f"{n}-{refusal[0]}" for n, refusal in enumerate(refusals)]


@pytest.mark.parametrize(("rule", "status", "call"), REFUSALS, ids=names(REFUSALS))
def test_refusal_is_recorded_with_its_rule(world: World, demo: World, rule: str, status: int, call: Call) -> None:
    call(world)
    entry = refused(demo if rule == "auth.malformed" else world)

    assert (entry["reason"]["rule"], entry["status"]) == (rule, status)
    assert rule in KNOWN
    assert entry["reason"]["detail"] == STATEMENTS.get(rule, entry["reason"]["detail"])


@pytest.mark.parametrize(("rule", "alternative", "status", "call"), DECIDED, ids=names(DECIDED))
def test_refusal_by_an_assumption_names_the_decision(
    world: World, rule: str, alternative: str, status: int, call: Call
) -> None:
    world.reset(world={"assume": {rule: alternative}})
    call(world)
    entry = refused(world)
    assumption = next(each for each in spec.load()["x-assumptions"] if each["id"] == rule)
    (way,) = [each["description"] for each in assumption["alternatives"] if each["id"] == alternative]

    assert (entry["reason"]["rule"], entry["status"]) == (rule, status)
    assert entry["reason"]["detail"] == f"{assumption['question']} {way}"


def test_refusal_of_a_connected_page_names_its_assumption(world: World) -> None:
    world.reset(world={"assume": {"finalize.standing-account": "refused"}})
    pages = [{"id": "1"}, {"id": "2"}]
    for _ in range(2):
        finalize(world, "1", pages=pages)

    assert refused(world)["reason"]["rule"] == "finalize.standing-account"


def test_refusal_without_a_key_names_its_rule(demo: World) -> None:
    demo.list_response(key=None)

    assert refused(demo)["reason"] == {"rule": "auth.missing", "detail": STATEMENTS["auth.missing"], "alternatives": []}


@pytest.mark.parametrize(
    ("rule", "times", "call"),
    [
        ("limits.account-writes", 21, lambda world: world.delete_response(UNKNOWN)),
        ("limits.organization", 601, lambda world: world.get_response(UNKNOWN)),
    ],
)
def test_refusal_beyond_a_limit_names_the_limit(limited: World, rule: str, times: int, call: Call) -> None:
    for _ in range(times):
        call(limited)

    assert refused(limited)["reason"] == {"rule": rule, "detail": STATEMENTS[rule], "alternatives": []}


def test_default_decision_of_an_assumption_is_named(world: World) -> None:
    world.list_response("limit=0")
    assumption = next(each for each in spec.load()["x-assumptions"] if each["id"] == "limit.below-range")

    assert refused(world)["reason"]["detail"] == f"{assumption['question']} {assumption['description']}"


def test_responses_of_the_api_do_not_show_the_rule(world: World) -> None:
    response = world.get_response(UNKNOWN)

    assert "rule" not in response.json()
    assert "get.unknown" not in response.text


def test_success_has_no_rule(world: World) -> None:
    world.page()

    assert [entry["reason"] for entry in world.requests()] == [None]
