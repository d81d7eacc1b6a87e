"""Test events: an event as if something had happened to an account, to see whether a receiver takes it."""

from __future__ import annotations

from typing import Any, Final

from postfuze_fixtures.timestamps import iso
from postfuze_mock.domain.lifecycle import (
    ACCOUNT_CONNECTED,
    ACCOUNT_DISCONNECTED,
    ACCOUNT_REAUTH_REQUIRED,
    ACTIVE,
    DISABLED,
    REVOKED,
    TOKEN_EXPIRED,
    updated,
)
from postfuze_mock.domain.webhooks import Delivery
from postfuze_mock.problems import Problem, refused
from postfuze_mock.records import Account
from postfuze_mock.worlds.accounts import searching
from postfuze_mock.worlds.webhooks import events
from postfuze_mock.worlds.world import World

_STATUSES: Final = {ACCOUNT_CONNECTED: ACTIVE, ACCOUNT_DISCONNECTED: DISABLED}


def send(world: World, name: str, account: str | None = None, webhook: str | None = None) -> dict[str, Any]:
    """Send a test event called `name` to the webhooks that subscribe to it, or to one of them, about the account with
    this id, or the newest one. The account stays as it is. Returns the event. Raises problems: 400 for an unknown
    account or webhook, 409 if nobody wants the event, or the world has no account."""
    urls = _urls(world, name, webhook)
    data = _after(world, name, _account(world, account))
    id, now = world.uuid("test event"), world.clock.now()
    event = {"id": id, "event": name, "created_at": iso(now), "data": data, "test": True}
    world.record(event, [Delivery(id, url, now) for url in urls])
    return events.with_deliveries(world, event)


def _urls(world: World, name: str, webhook: str | None) -> list[str]:
    hooks = {each.url: each for each in world.webhooks}
    if webhook is not None and webhook not in hooks:
        raise refused("/webhook", f"must be the url of a webhook of this world{_listed(list(hooks))}")
    chosen = hooks.values() if webhook is None else [hooks[webhook]]
    urls = [each.url for each in chosen if name in each.events]
    if webhook is not None and not urls:
        detail = f"{webhook} does not subscribe to {name}, but to {', '.join(hooks[webhook].events)}."
        raise Problem(409, detail, rule="events.unwanted", code="no_webhook")
    if not urls:
        raise events.unwanted(name)
    return urls


def _listed(urls: list[str]) -> str:
    return f": {', '.join(urls[:3])}{' …' if len(urls) > 3 else ''}" if urls else ", which has none"


def _account(world: World, id: str | None) -> Account:
    if id is None:
        _, row = next(searching.search(world), (None, None))
        if row is None:
            detail = "This world has no account that an event could be about; POST /_mock/accounts creates one."
            raise Problem(409, detail, rule="events.about-nothing", code="no_account")
    else:
        row = world.store.get(id.lower())
        if row is None:
            raise refused("/account", "must be the id of an account of this world")
    return row.account()


def _after(world: World, name: str, account: Account) -> Account:
    """The account as it would be after the event."""
    status = _STATUSES.get(name, TOKEN_EXPIRED)
    if name == ACCOUNT_REAUTH_REQUIRED and world.choices.health_revoked_grant == "revoked":
        status = REVOKED
    return account if account["status"] == status else updated(account, world.clock.now(), status=status)
