"""Broken: account health, in less common ways."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_fixtures.timestamps import iso
from postfuze_mock.domain import health as rules
from postfuze_mock.domain.lifecycle import ACTIVE
from postfuze_mock.problems import Problem
from postfuze_mock.records import Account
from postfuze_mock.worlds.accounts.accounts import missing

HEALTH, LIST = "getSocialAccountHealth", "listSocialAccounts"
Body = dict[str, Any]
_check, _stored_error = rules.check, rules._stored_error


def _says(mock: Mock, change: Callable[[Body], Body]) -> None:
    mock.bodies(HEALTH, lambda body: {**body, **change(body)})


@broken("health.unprobed", "`checked_live` is always true")
def always_live(mock: Mock) -> None:
    _says(mock, lambda _: {"checked_live": True})


@broken("health.unprobed", "`checked_live` tells whether the account was not probed")
def live_inverted(mock: Mock) -> None:
    _says(mock, lambda body: {"checked_live": not body["checked_live"]})


@broken("health.fields", "`checked_live` is a string")
def live_in_words(mock: Mock) -> None:
    _says(mock, lambda body: {"checked_live": str(body["checked_live"]).lower()})


@broken("health.fields", "`error_code` is a number")
def numbered_errors(mock: Mock) -> None:
    _says(mock, lambda body: {"error_code": body["error_code"] and 401})


@broken("health.fields", "`checked_at` has no offset")
def no_offset(mock: Mock) -> None:
    _says(mock, lambda body: {"checked_at": body["checked_at"].removesuffix("Z")})


@broken("health.fields", "a check is wrapped in `data`")
def wrapped(mock: Mock) -> None:
    mock.bodies(HEALTH, lambda body: {"data": body})


@broken("health.fields", "disabled accounts have no health: 404")
def disabled_404(mock: Mock) -> None:
    refusal = Response.of(404, missing().document(), "application/problem+json")
    mock.responses(
        HEALTH,
        lambda _, response: refusal if response.status == 200 and response.json["status"] == "disabled" else response,
    )


@broken("health.fields", "an unhealthy account answers 503")
def ill_is_503(mock: Mock) -> None:
    def change(_request: Request, response: Response) -> Response:
        return (
            response.with_body(response.json, 503)
            if response.status == 200 and not response.json["healthy"]
            else response
        )

    mock.responses(HEALTH, change)


@broken("health.fields", "a refresh that fails answers 502, and flips the account")
def failure_is_502(mock: Mock) -> None:
    failed = Response.of(502, Problem(502, "The token could not be refreshed.").document(), "application/problem+json")

    async def handle(request: Request) -> Response:
        row = mock.world.store.get(request.id.lower())
        response = await request.send()
        flips = response.status == 200 and row is not None and row.account()["status"] != response.json["status"]
        return failed if flips and response.json["status"] == "token_expired" else response

    mock.handle(HEALTH, handle)


@broken("health.error-code", "the error of a healthy account is its state")
def state_for_error(mock: Mock) -> None:
    _says(mock, lambda body: {"error_code": body["error_code"] or body["status"]})


@broken("health.error-code", "the error of a healthy account is an empty string")
def empty_error(mock: Mock) -> None:
    _says(mock, lambda body: {"error_code": body["error_code"] or ""})


@broken("health.error-code", "what a probe finds unhealthy has no error code")
def no_error_of_probes(mock: Mock) -> None:
    _says(mock, lambda body: {"error_code": None} if body["checked_live"] else {})


@broken("health.no-expiry", "without a probe, a token without expiry counts as expired")
def no_expiry_is_expired(mock: Mock) -> None:
    mock.document = {"accounts": [{"platform": "pinterest", "token_expires_at": None}]}

    def error(account: Account, now: int) -> str | None:
        return "token_expired" if account["token_expires_at"] is None else _stored_error(account, now)

    mock.replace(rules, "_stored_error", error)


@broken("health.fallback", "without a probe, only the expiry counts")
def expiry_alone(mock: Mock) -> None:
    mock.replace(rules, "_stored_error", lambda account, now: _stored_error({**account, "status": ACTIVE}, now))


@broken("health.fallback", "without a probe, a revoked account is healthy")
def revoked_is_healthy(mock: Mock) -> None:
    mock.replace(
        rules,
        "_stored_error",
        lambda account, now: None if account["status"] == "revoked" else _stored_error(account, now),
    )


@broken("health.fallback", "without a probe, a token that has expired is given three days")
def days_of_grace(mock: Mock) -> None:
    mock.document = {
        "accounts": [{"platform": "pinterest", "token_expires_at": iso(time.time_ns() // 1_000_000 - 7_200_000)}]
    }
    mock.replace(rules, "_stored_error", lambda account, now: _stored_error(account, now - 3 * 86_400_000))


@broken("health.reread", "`status` is `healthy` or `unhealthy`")
def words_for_status(mock: Mock) -> None:
    _says(mock, lambda body: {"status": "healthy" if body["healthy"] else "unhealthy"})


@broken("health.reread", "after a refresh that failed, `status` is what it was")
def flip_not_reread(mock: Mock) -> None:
    def check(account: Account, behaviour: Mapping[str, Any], now: int, choices: Any) -> rules.Check:
        result = _check(account, behaviour, now, choices)
        return result._replace(response={**result.response, "status": account["status"]}) if result.events else result

    mock.replace(rules, "check", check)


@broken("health.refresh-failure", "the list does not show what a refresh that failed made of the account")
def flip_not_listed(mock: Mock) -> None:
    statuses: dict[str, str] = {}

    def change(body: Body) -> Body:
        rows = [{**row, "status": statuses.setdefault(row["id"], row["status"])} for row in body["data"]]
        return {**body, "data": rows}

    mock.bodies(LIST, change)


@broken("health.checked-at", "`checked_at` is cut to the hour")
def whole_hours(mock: Mock) -> None:
    _says(mock, lambda body: {"checked_at": body["checked_at"][:14] + "00:00.000Z"})


@broken("health.checked-at", "without a probe, `checked_at` is when the account was last synced")
def synced_at(mock: Mock) -> None:
    def change(body: Body) -> Body:
        row = None if body["checked_live"] else mock.world.store.get(body["id"])
        return {"checked_at": row.account()["last_synced_at"] or row.account()["created_at"]} if row else {}

    _says(mock, change)


@broken("health.checked-at", "checks of accounts that are not probed are cached for an hour")
def unprobed_kept(mock: Mock) -> None:
    cache: dict[tuple[str, str], Response] = {}

    async def handle(request: Request) -> Response:
        key = request.path, request.headers.get("authorization", "")
        response = cache.get(key) or await request.send()
        if response.status == 200 and not response.json["checked_live"]:
            cache[key] = response
        return response

    mock.handle(HEALTH, handle)
