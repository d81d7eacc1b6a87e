"""A health check of an account, with the account as listed before and as retrieved right after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any
from weakref import WeakKeyDictionary

from postfuze_contracts.checks.list.walks import NOT_NOW
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import require
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.instants import instant
from postfuze_contracts.model.operations import GET, HEALTH
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target

UNPROBED = ("disabled", "revoked")
MAX_ACCOUNTS = {"quick": 20, "ci": 40, "deep": 150}  # accounts that a check looks at
PASSING = (*NOT_NOW, 502, 504)  # temporary statuses of a gateway

_TYPES: dict[str, type | UnionType] = {"healthy": bool, "checked_live": bool, "status": str, "error_code": str | None}
_TRIES = 3
_PAUSE = 0.5  # seconds between them
_seen: WeakKeyDictionary[Target, dict[str, Any]] = WeakKeyDictionary()  # states of accounts, by id and `checked_at`


@dataclass(frozen=True)
class Checkup:
    """A health check of an account, which was listed as `before` and retrieved as `after`. `delayed`: an answer had to
    be waited for, so that nothing follows from when it came. `given_before`: with this time, this run had it already
    when the account was in another state."""

    before: Account
    health: Exchange
    after: Exchange
    delayed: bool = False
    given_before: bool = False

    @property
    def live(self) -> bool:
        return self.health.member("checked_live") is True

    @property
    def at(self) -> float | None:
        """When it ran, according to `checked_at`."""
        return instant(self.health.member("checked_at"))

    @property
    def shown(self) -> str:
        texts = (f"{each.member('status')}, {each.member('token_expires_at')}" for each in (self.health, self.after))
        return " and ".join(texts)

    @property
    def agrees(self) -> bool:
        """Whether the retrieval shows the status and the expiry of the health check, if that has any."""
        health, after = self.health, self.after
        return (
            after.status != 200
            or health.status != 200
            or health.member("status") is None
            or (
                health.member("status") == after.member("status")
                and instant(health.member("token_expires_at")) == instant(after.member("token_expires_at"))
            )
        )

    @property
    def mismatch(self) -> str | None:
        """What is wrong with its members, or None."""
        if self.health.status == 200 and isinstance(self.health.json, dict):
            return next(_mismatches(self.before, self.health.json), None)
        return None if self.health.status == self.after.status == 404 else f"status {self.health.status}"


def check_up(target: Target, account: Account) -> Checkup:
    """Check an account, then retrieve it."""
    path, requests = {"id": account["id"]}, target.client.requests
    for _ in range(_TRIES):
        health, after = target.call(HEALTH, path=path, bearing=False), target.call(GET, path=path)
        if health.status not in PASSING or after.member("status") != account.get("status"):
            break  # a failure that changes the account is not temporary
        target.client.wait(_PAUSE)
    status = _seen.setdefault(target, {}).setdefault(
        f"{account['id']} {health.member('checked_at')}", account.get("status")
    )
    return Checkup(account, health, after, target.client.requests > requests + 2, status != account.get("status"))


def accounts(target: Target) -> list[Account]:
    """The accounts that may be probed, as they are now. Raises Blocked if there are none."""
    if target.options.probe is None:
        rows = survey.accounts(target)
    else:
        own = [] if target.options.access < Access.FULL else target.ledger.standing()
        exchanges = [target.call(GET, path={"id": id}) for id in (*target.options.probe, *own)]
        rows = [exchange.json for exchange in exchanges if exchange.status == 200 and isinstance(exchange.json, dict)]
    require(rows, needs.accounts(1))
    return rows


def urgency(account: Account) -> tuple[bool, float]:
    """Sort key: active accounts first, by the expiry of their tokens, because a health check may change them."""
    expiry = instant(account.get("token_expires_at"))
    return account.get("status") != "active" or expiry is None, expiry or 0.0


def _mismatches(account: Account, health: dict[str, Any]) -> Iterator[str]:
    for name, kinds in _TYPES.items():
        if not isinstance(health.get(name, ...), kinds):
            yield f"{name} {health.get(name, 'missing')!r}"
    if health.get("token_expires_at", ...) is not None and instant(health.get("token_expires_at")) is None:
        yield f"token_expires_at {health.get('token_expires_at', 'missing')!r}"
    if instant(health.get("checked_at")) is None:
        yield f"checked_at {health.get('checked_at', 'missing')!r}"
    if str(health.get("id")).lower() != account["id"].lower():
        yield f"id {health.get('id')!r}"
    if health.get("network") != account.get("platform"):
        yield f"network {health.get('network')!r} for {account.get('platform')}"
