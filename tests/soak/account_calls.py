"""Calls for accounts: listing, retrieving, disconnecting, inspecting, creating, changing."""

from __future__ import annotations

from typing import Any, Final

from tests.mockserver.model.inspection import captures, check_health, counts_at, first_daily, pulls_live
from tests.mockserver.model.organization import REACHABLE, ModelAccount, key_of
from tests.soak.model_world import Call, Expected, ModelWorld, Walk, same
from tests.soak.requests import api, control, kind

from postfuze_fixtures.timestamps import DAY_MS, HOUR_MS, iso

ACCOUNTS: Final = "/social-accounts"
NOT_FOUND: Final[Expected] = (404, None)
STATUSES: Final = ("active", "active", "disabled", "token_expired", "revoked")
BEHAVIOURS: Final = (
    ("platform", ("reachable", "unreachable")),
    ("refresh", ("ok", "fails", "revoked")),
    ("identity", ("ok", "unauthorized")),
)
TENANTS: Final = (None, "tenant_1", "tenant 2&more=ü")


@kind(16)
def list_accounts(world: ModelWorld) -> Call:
    """A first page, sometimes filtered. If there are more, a walk may go on from it."""
    random = world.random
    some = random.choice(world.first)["account"]
    filters = {name: some[name] for name in _filters(world) if some[name] is not None}
    limit = random.choice((None, 1, 2, 10, 25, 100))
    query = {**filters, **({} if limit is None else {"limit": limit})}
    data = api(world, "GET", ACCOUNTS, query=query)
    return Call(data, lambda: _page(world, filters, limit or 25), "listSocialAccounts")


def _filters(world: ModelWorld) -> list[str]:
    names = ("id", "platform", "tenant_id", "username", "network_unique_id")
    return world.random.sample(names, world.random.choice((0, 0, 1, 1, 2)))


@kind(8)
def walk_on(world: ModelWorld) -> Call | None:
    """The next page of a walk."""
    walk = world.walk
    if walk is None:
        return None
    query = {**walk.filters, "limit": walk.limit, "cursor": walk.cursor}
    data = api(world, "GET", ACCOUNTS, query=query)
    return Call(data, lambda: _page(world, walk.filters, walk.limit, walk), "listSocialAccounts")


def _page(world: ModelWorld, filters: dict[str, str], limit: int, walk: Walk | None = None) -> Expected:
    accounts, more = world.organization.page(filters, walk.after if walk else None, limit)
    if not more:
        if walk is world.walk:
            world.walk = None
        return 200, {"data": accounts, "next_cursor": None}

    def check(page: Any) -> None:
        same("the page", page["data"], accounts)
        same("that a page follows", isinstance(page["next_cursor"], str), True)
        world.walk = Walk(filters, limit, page["next_cursor"], key_of(accounts[-1]))

    return 200, check


@kind(12)
def get_account(world: ModelWorld) -> Call:
    id = world.some_id()

    def expect() -> Expected:
        model = world.organization.account(id)
        return NOT_FOUND if model is None else (200, model.fields)

    return Call(api(world, "GET", f"{ACCOUNTS}/{id}"), expect, "getSocialAccount")


@kind(3)
def delete_account(world: ModelWorld) -> Call:
    id = world.some_id()

    def expect() -> Expected:
        if world.organization.account(id) is None:
            return NOT_FOUND
        world.organization.delete(id)
        return 200, {"id": id, "deleted": True}

    return Call(api(world, "DELETE", f"{ACCOUNTS}/{id}"), expect, "deleteSocialAccount")


@kind(6)
def check_account_health(world: ModelWorld) -> Call:
    id = world.some_id()

    def expect() -> Expected:
        model = world.organization.account(id)
        return NOT_FOUND if model is None else (200, check_health(world.organization, model))

    return Call(api(world, "GET", f"{ACCOUNTS}/{id}/health"), expect, "getSocialAccountHealth")


@kind(6)
def read_metrics(world: ModelWorld) -> Call:
    id = world.some_id()

    def expect() -> Expected:
        model = world.organization.account(id)
        return NOT_FOUND if model is None else (200, _metrics(world, model))

    return Call(api(world, "GET", f"{ACCOUNTS}/{id}/metrics"), expect, "getSocialAccountMetrics")


def _metrics(world: ModelWorld, model: ModelAccount) -> Any:
    now, id = world.organization.now, model.fields["id"]
    if pulls_live(model):
        model.fields = {**model.fields, "last_synced_at": iso(now)}
        source, at = "live", now
    elif stored := captures(model, now):
        source, at = "snapshot", stored[-1]
    else:
        return {
            "social_account_id": id,
            "metrics": None,
            "message": "No metrics have been collected for this account yet.",
        }

    def check(value: Any) -> None:
        same("the source and time of a metric", (value["source"], value["captured_at"]), (source, iso(at)))
        same("the account of a metric", value["social_account_id"], id)

    return check


@kind(4)
def read_series(world: ModelWorld) -> Call:
    id, now = world.some_id(), world.organization.now
    since = now - world.random.choice((1, 3, 30)) * DAY_MS
    since -= since % 1000

    def expect() -> Expected:
        model = world.organization.account(id)
        return NOT_FOUND if model is None else (200, lambda series: _check_series(world, model, since, series))

    query = {"since": since // 1000 if world.random.random() < 0.5 else iso(since)}
    return Call(api(world, "GET", f"{ACCOUNTS}/{id}/metrics", query=query), expect, "getSocialAccountMetrics")


def _check_series(world: ModelWorld, model: ModelAccount, since: int, series: Any) -> None:
    expected = [at for at in captures(model, world.organization.now) if at >= since]
    same("the times of a series", [value["captured_at"] for value in series["data"]], [iso(at) for at in expected])
    same("the window of a series", (series["since"], series["until"]), (iso(since), None))
    for at, value in zip(expected, series["data"], strict=True):
        if at in model.snapshots:
            same("a snapshot", value, counts_at(model.fields, model.snapshots[at], at))


@kind(3)
def create_account(world: ModelWorld) -> Call:
    fields = {"platform": world.random.choice(list(world.networks)), **_fields(world)}
    daily = world.random.choice((0, 0, 3))
    behaviour = {"snapshots": daily} if daily else {}

    def check(account: Any) -> None:
        organization = world.organization
        same("that the account is new", account["id"] in organization.accounts, False)
        same("its fields", {name: account[name] for name in fields}, fields)
        daily_from = first_daily(organization.now, daily)
        organization.accounts[account["id"]] = ModelAccount(account, dict(REACHABLE), daily_from=daily_from)

    return Call(control(world, "POST", "/accounts", {**fields, "behaviour": behaviour}), lambda: (201, check))


@kind(4)
def patch_account(world: ModelWorld) -> Call:
    id, fields = world.some_id(), _fields(world)
    if world.random.random() < 0.4:
        name, values = world.random.choice(BEHAVIOURS)
        fields["behaviour"] = {name: world.random.choice(values)}

    def expect() -> Expected:
        model = world.organization.account(id)
        if model is None:
            return NOT_FOUND
        world.organization.patch(id, fields)
        return 200, model.fields

    return Call(control(world, "PATCH", f"/accounts/{id}", fields), expect)


def _fields(world: ModelWorld) -> dict[str, Any]:
    """Some fields of an account."""
    random, now = world.random, world.organization.now
    fields = {
        "tenant_id": random.choice(TENANTS),
        "username": random.choice((None, "acme", "ünïcode.名前")),
        "status": random.choice(STATUSES),
        "token_expires_at": random.choice((None, iso(now + HOUR_MS), iso(now - 1))),
    }
    return {name: fields[name] for name in random.sample(list(fields), random.randrange(1, 3))}


@kind(2)
def store_snapshots(world: ModelWorld) -> Call:
    id, now = world.some_id(), world.organization.now
    times = world.random.sample([now - hours * HOUR_MS for hours in range(1, 60)], world.random.randrange(1, 4))
    snapshots: dict[int, dict[str, Any]] = {
        at: {"captured_at": iso(at), "followers": world.random.randrange(10**6)} for at in times
    }

    def expect() -> Expected:
        model = world.organization.account(id)
        if model is None:
            return NOT_FOUND
        model.snapshots |= snapshots
        return 201, None

    body = {"snapshots": list(snapshots.values())}
    return Call(control(world, "POST", f"/accounts/{id}/snapshots", body), expect)


@kind(1)
def search_accounts(world: ModelWorld) -> Call:
    platform = world.random.choice(list(world.networks))

    def check(body: Any) -> None:
        models = [model for model in world.organization.accounts.values() if model.fields["platform"] == platform]
        deleted = {account["id"]: account["deleted"] for account in body["data"]}
        same("the accounts of a platform", deleted, {model.fields["id"]: model.deleted for model in models})

    query = {"platform": platform, "deleted": "true", "limit": 1000}
    return Call(control(world, "GET", "/accounts", query=query), lambda: (200, check))
