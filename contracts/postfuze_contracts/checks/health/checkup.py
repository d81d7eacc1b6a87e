"""A health check of an account, with the account before and after it."""

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
from postfuze_contracts.model.instants import agree, instant
from postfuze_contracts.model.operations import GET, HEALTH
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target

UNPROBED = ("disabled", "revoked")
MAX_ACCOUNTS = {"quick": 20, "ci": 40, "deep": 150}  # accounts that a check looks at
PASSING = (*NOT_NOW, 502, 504)  # temporary statuses of a gateway

_TYPES: dict[str, type | UnionType] = {"healthy": bool, "checked_live": bool, "status": str}
_TRIES = 3
_PAUSE = 0.5  # seconds between them
# The first status of an account, by id and `checked_at`.
_statuses: WeakKeyDictionary[Target, dict[str, Any]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Checkup:
    """A health check of an account, which was listed as `before` and retrieved as `after`. `delayed`: a call was
    repeated, so the time of the response proves nothing. `cached`: this run got a result with the same `checked_at`
    when the account had another status."""

    before: Account
    health: Exchange
    after: Exchange
    delayed: bool = False
    cached: bool = False

    @property
    def live(self) -> bool:
        return self.health.member("checked_live") is True

    @property
    def at(self) -> float | None:
        """The time of the check, according to `checked_at`."""
        return instant(self.health.member("checked_at"))

    @property
    def statuses(self) -> str:
        """The status of the check, and that of the account after it."""
        return f"{self.health.member('status')} and {self.after.member('status')}"

    @property
    def agrees(self) -> bool:
        """Whether the account after the check has the status of the check, if that has any."""
        health, after = self.health, self.after
        if not after.status == health.status == 200 or health.member("status") is None:
            return True
        return bool(health.member("status") == after.member("status"))

    @property
    def expiry(self) -> object:
        """When the token expires according to the account after the check. The check itself may show the expiry from
        before it (`health.expiry-reread`)."""
        return (self.after if self.after.status == 200 else self.health).member("token_expires_at")

    @property
    def expiries(self) -> list[float]:
        """When the token expires according to the check, and to the account after it, if it expires."""
        texts = (each.member("token_expires_at") for each in (self.health, self.after))
        return [at for text in texts if (at := instant(text)) is not None]

    @property
    def is_refreshed(self) -> bool:
        """Whether the token expires later than before the check, or no longer expires."""
        text, then = self.before.get("token_expires_at"), instant(self.before.get("token_expires_at"))
        now = instant(self.expiry)
        if then is None or now is None:
            return then is not None and self.expiry is None and self.after.status == 200
        return now > then and not agree(text, self.expiry)

    def shows_expiry_of(self, account: Account) -> bool:
        """Whether the check shows the expiry that `account` has."""
        return agree(self.health.member("token_expires_at"), account.get("token_expires_at"))

    @property
    def mismatch(self) -> str | None:
        """What is wrong with the response, or None."""
        if self.health.status == 200 and isinstance(self.health.json, dict):
            return next(_mismatches(self.before, self.health.json), None)
        return None if self.health.status == self.after.status == 404 else f"status {self.health.status}"


def check_up(target: Target, account: Account) -> Checkup:
    """Check the health of an account, then retrieve it."""
    path, requests = {"id": account["id"]}, target.client.requests
    for _ in range(_TRIES):
        health, after = target.call(HEALTH, path=path, bearing=False), target.call(GET, path=path)
        if health.status not in PASSING or after.member("status") != account.get("status"):
            break  # a failure that changes the account is not temporary
        target.client.wait(_PAUSE)
    status = _statuses.setdefault(target, {}).setdefault(
        f"{account['id']} {health.member('checked_at')}", account.get("status")
    )
    return Checkup(account, health, after, target.client.requests > requests + 2, status != account.get("status"))


def accounts(target: Target) -> list[Account]:
    """The current accounts that may be probed. Raises Blocked if there are none."""
    if target.options.probe is None:
        rows = survey.accounts(target)
    else:
        own = [] if target.options.access < Access.FULL else target.ledger.standing()
        exchanges = [target.call(GET, path={"id": id}) for id in (*target.options.probe, *own)]
        rows = [exchange.json for exchange in exchanges if exchange.status == 200 and isinstance(exchange.json, dict)]
    require(rows, needs.accounts(1))
    return rows


def current(target: Target, account: Account) -> Account:
    """The account as it is now."""
    now = target.call(GET, path={"id": account["id"]})
    return now.json if now.status == 200 and now.member("id") == account["id"] else account


def urgency(account: Account) -> tuple[bool, float]:
    """The sort key by which active accounts come first, in the order in which their tokens expire."""
    expiry = instant(account.get("token_expires_at"))
    return account.get("status") != "active" or expiry is None, expiry or 0.0


def _mismatches(account: Account, health: dict[str, Any]) -> Iterator[str]:
    for name, kinds in _TYPES.items():
        if not isinstance(health.get(name, ...), kinds):
            yield f"{name} {health.get(name, 'missing')!r}"
    if not isinstance(health.get("error_code"), str | None):
        yield f"error_code {health['error_code']!r}"
    if health.get("token_expires_at") is not None and instant(health["token_expires_at"]) is None:
        yield f"token_expires_at {health['token_expires_at']!r}"
    if instant(health.get("checked_at")) is None:
        yield f"checked_at {health.get('checked_at', 'missing')!r}"
    if str(health.get("id")).lower() != account["id"].lower():
        yield f"id {health.get('id')!r}"
    if health.get("network") != account.get("platform"):
        yield f"network {health.get('network')!r} for {account.get('platform')}"
