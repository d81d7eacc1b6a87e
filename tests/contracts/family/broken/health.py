"""Broken: account health."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain import health as rules
from postfuze_mock.domain.lifecycle import Change
from postfuze_mock.records import Account
from postfuze_mock.worlds.accounts import inspection
from postfuze_mock.worlds.accounts.accounts import missing
from postfuze_mock.worlds.world import World

HEALTH = "getSocialAccountHealth"
Body = dict[str, Any]
#: Accounts with a scope for refreshing their token, which fails.
FAILING = {
    "accounts": [
        {"platform": "x", "token_expires_at": "2026-01-01T00:00:00.000Z", "behaviour": {"refresh": "fails"}}
        for _ in range(3)
    ]
}
_check, _refresh, _response, _probeable = rules.check, rules._refresh, rules._response, rules._probeable


def _says(mock: Mock, change: Callable[[Body], Body]) -> None:
    mock.bodies(HEALTH, lambda body: {**body, **change(body)})


@broken("health.error-code", "a healthy account has the error code `none`")
def an_error_of_the_healthy(mock: Mock) -> None:
    _says(mock, lambda body: {"error_code": body["error_code"] or "none"})


@broken("health.error-code", "an unhealthy account has no error code")
def no_error_code(mock: Mock) -> None:
    _says(mock, lambda _: {"error_code": None})


@broken("health.error-code", "a disabled account has no error code")
def no_error_code_for_disabled(mock: Mock) -> None:
    _says(mock, lambda body: {"error_code": None} if body["status"] == "disabled" else {})


@broken("health.fields", "`checked_live` is missing")
def no_checked_live(mock: Mock) -> None:
    mock.bodies(HEALTH, lambda body: {name: value for name, value in body.items() if name != "checked_live"})


@broken("health.fields", "`healthy` is a string")
def healthy_in_words(mock: Mock) -> None:
    _says(mock, lambda body: {"healthy": "yes" if body["healthy"] else "no"})


@broken("health.fields", "`network` is the social network's id")
def network_id(mock: Mock) -> None:
    _says(mock, lambda body: {"network": body["id"]})


@broken("fields.null", "fields that are null are left out of a health check")
def nulls_left_out(mock: Mock) -> None:
    mock.bodies(HEALTH, lambda body: {name: value for name, value in body.items() if value is not None})


@broken("health.fields", "the check of one account names another")
def another_id(mock: Mock) -> None:
    _says(mock, lambda body: {"id": body["id"][::-1]})


@broken("health.unprobed", "disabled accounts are probed")
def disabled_probed(mock: Mock) -> None:
    _says(mock, lambda body: {"checked_live": body["checked_live"] or body["status"] == "disabled"})


@broken("health.unprobed", "revoked accounts are probed")
def revoked_probed(mock: Mock) -> None:
    mock.replace(rules, "UNPROBED", frozenset({"disabled"}))


@broken("health.x-probe", "nothing is ever probed")
def never_probed(mock: Mock) -> None:
    mock.replace(rules, "_probeable", lambda *_: False)


@broken("health.x-probe", "`checked_live` is never true")
def never_told(mock: Mock) -> None:
    _says(mock, lambda _: {"checked_live": False})


@broken("health.live-probe", "every second account is probed")
def some_probed(mock: Mock) -> None:
    mock.replace(
        rules,
        "_probeable",
        lambda account, behaviour: _probeable(account, behaviour) and account["id"][0] in "02468ace",
    )


@broken("health.checked-at", "`checked_at` is when the account was first checked")
def checked_once(mock: Mock) -> None:
    first: dict[str, str] = {}
    _says(mock, lambda body: {"checked_at": first.setdefault(body["id"], body["checked_at"])})


@broken("health.checked-at", "`checked_at` is when the account was created")
def checked_at_creation(mock: Mock) -> None:
    def change(body: Body) -> Body:
        row = mock.world.store.get(body["id"])
        return {"checked_at": row.account()["created_at"] if row else body["checked_at"]}

    _says(mock, change)


@broken("health.checked-at", "a check is cached")
def kept(mock: Mock) -> None:
    cache: dict[tuple[str, str], Response] = {}

    async def handle(request: Request) -> Response:
        key = request.path, request.headers.get("authorization", "")
        response = cache.get(key) or await request.send()
        if response.status == 200:
            cache[key] = response
        return response

    mock.handle(HEALTH, handle)


@broken("health.checked-at", "`checked_at` is an hour ahead")
def an_hour_ahead(mock: Mock) -> None:
    mock.replace(
        rules,
        "_response",
        lambda account, error, now, *, live: {
            **_response(account, error, now, live=live),
            "checked_at": iso(now + 3_600_000),
        },
    )


@broken("health.unknown", "an unknown account is unhealthy, with 200")
def unknown_is_ill(mock: Mock) -> None:
    def change(request: Request, response: Response) -> Response:
        body = {"id": request.id, "network": "x", "healthy": False, "status": "unknown", "error_code": "not_found"}
        times = {"token_expires_at": None, "checked_live": False, "checked_at": mock.world.now()}
        return Response.of(200, {**body, **times}) if response.status == 404 else response

    mock.responses(HEALTH, change)


@broken("health.unknown", "an unknown account answers 400")
def unknown_is_400(mock: Mock) -> None:
    body = {**missing().document(), "status": 400, "title": "Bad Request"}
    mock.responses(HEALTH, lambda _, response: response.with_body(body, 400) if response.status == 404 else response)


@broken("health.fallback", "without a probe, an account is healthy whatever its status")
def healthy_unprobed(mock: Mock) -> None:
    mock.replace(rules, "_stored_error", lambda *_: None)


@broken("health.fallback", "without a probe, a token's expiry is ignored")
def expiry_ignored(mock: Mock) -> None:
    mock.replace(
        rules, "_stored_error", lambda account, _now: None if account["status"] == "active" else account["status"]
    )


@broken("health.fallback", "without a probe, no account is healthy")
def ill_unprobed(mock: Mock) -> None:
    mock.replace(rules, "_stored_error", lambda *_: "not_checked")


@broken("health.fallback", "a disabled account whose token lives is healthy")
def disabled_is_healthy(mock: Mock) -> None:
    stored_error = rules._stored_error
    mock.replace(
        rules,
        "_stored_error",
        lambda account, now: None if account["status"] == "disabled" else stored_error(account, now),
    )


@broken("health.refresh-failure", "a status flipped by a check is not stored")
def flip_forgotten(mock: Mock) -> None:
    def check(world: World, id: str, _behaviour: object = None) -> Body:
        row = inspection.inspectable(world, id)
        result = _check(row.account(), row.unseen().get("behaviour", {}), world.clock.now(), world.choices)
        if result.events:
            return result.response
        return kept_check(world, id)

    kept_check = inspection.check_health
    mock.replace(inspection, "check_health", check)


def _flips_to(status: str | None) -> Callable[..., Change]:
    def refresh(account: Account, behaviour: Mapping[str, Any], now: int, choices: Any) -> Change:
        change = _refresh(account, behaviour, now, choices)
        if change.account["status"] != "token_expired":
            return change
        return Change({**change.account, "status": status or account["status"]}, change.events)

    return refresh


@broken("health.refresh-failure", "a refresh that fails leaves the status, and the check finds the account unhealthy")
def never_flips(mock: Mock) -> None:
    mock.document = FAILING
    mock.replace(rules, "_refresh", _flips_to(None))
    error = rules._probe_error
    mock.replace(
        rules,
        "_probe_error",
        lambda account, behaviour: (
            "token_expired" if behaviour.get("refresh") == "fails" else error(account, behaviour)
        ),
    )


@broken("health.refresh-failure", "a refresh that fails disables the account")
def flips_to_disabled(mock: Mock) -> None:
    mock.document = FAILING
    mock.replace(rules, "_refresh", _flips_to("disabled"))
    error = rules._probe_error
    mock.replace(
        rules,
        "_probe_error",
        lambda account, behaviour: "token_expired" if account["status"] == "disabled" else error(account, behaviour),
    )


@broken("health.refresh", "tokens are never refreshed, and found good whatever their expiry")
def never_refreshes(mock: Mock) -> None:
    mock.replace(rules, "_refresh", lambda account, *_: Change(account))


@broken("health.refresh", "tokens that are past their expiry are not refreshed, those near it are")
def past_is_not_refreshed(mock: Mock) -> None:
    def refresh(account: Account, behaviour: Mapping[str, Any], now: int, choices: Any) -> Change:
        at = account["token_expires_at"]
        past = at is not None and parse_iso(at) < now and account["status"] == "active"
        return Change(account) if past else _refresh(account, behaviour, now, choices)

    mock.replace(rules, "_refresh", refresh)


def _as_before(mock: Mock, *names: str) -> None:
    """Respond with the fields that the account had before the probe."""

    def check(account: Account, behaviour: Mapping[str, Any], now: int, choices: Any) -> rules.Check:
        result = _check(account, behaviour, now, choices)
        return result._replace(response={**result.response, **{name: account[name] for name in names}})

    mock.replace(rules, "check", check)


@broken("health.reread", "`status` is what it was before the probe")
def status_from_before(mock: Mock) -> None:
    _as_before(mock, "status")


@broken("health.expiry-reread", "`token_expires_at` is what it was before the probe")
def expiry_from_before(mock: Mock) -> None:
    _as_before(mock, "token_expires_at")


@broken("health.expiry-reread", "a refreshed token's expiry is returned, but not stored")
def refresh_forgotten(mock: Mock) -> None:
    def check(account: Account, behaviour: Mapping[str, Any], now: int, choices: Any) -> rules.Check:
        result = _check(account, behaviour, now, choices)
        return result._replace(account={**result.account, "token_expires_at": account["token_expires_at"]})

    mock.replace(rules, "check", check)


@broken("account.timestamps", "a health check moves `created_at` by a second")
def created_again(mock: Mock) -> None:
    def check(account: Account, behaviour: Mapping[str, Any], now: int, choices: Any) -> rules.Check:
        result = _check(account, behaviour, now, choices)
        at = iso(parse_iso(str(account["created_at"])) + 1000)
        return result._replace(account={**result.account, "created_at": at})

    mock.replace(rules, "check", check)
