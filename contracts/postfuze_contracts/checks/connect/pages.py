"""Relates accounts to the pages that they were connected for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from postfuze_contracts.checks.connect.connect_flow import Page, current_accounts
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model.instants import instant
from postfuze_contracts.target.target import Target

_NAMES = ("username", "nickname", "display_name")


class Existing:
    """The accounts that existed before a call that may connect some: those that the list shows, and those that this run
    connected, which a late list may not show yet."""

    def __init__(self, target: Target) -> None:
        self.accounts = current_accounts(target)
        self.ids = {row["id"].lower() for row in self.accounts}
        self._ids = self.ids | {change.id.lower() for change in target.ledger.of("connected")}
        times = [at for row in self.accounts if (at := instant(row.get("created_at"))) is not None]
        self._oldest = min(times, default=None)

    def __contains__(self, account: Account) -> bool:
        return str(account["id"]).lower() in self._ids

    def new(self, accounts: Iterable[Account]) -> list[Account]:
        """Those of `accounts` that did not exist before. An account that is older than all that were listed was only
        beyond the end of the walk."""
        return [row for row in accounts if row not in self and not self._is_older(row)]

    def _is_older(self, account: Account) -> bool:
        at = instant(account.get("created_at"))
        return at is not None and self._oldest is not None and at < self._oldest


def is_page(account: Account, page: Page) -> bool:
    """Whether this is the account of `page`: they share the platform's id or a name. The account is as listed, as
    finalizing returned it, or both merged."""
    names = {account.get(name) for name in _NAMES}
    return has_id(account, page) or bool(names & {page.get("username"), page.get("name")} - {None, ""})


def has_id(account: Account, page: Page) -> bool:
    """Whether the account has the page's own id, with or without a platform's prefix."""
    unique = account.get("network_unique_id")
    return isinstance(unique, str) and _bare(unique) == _bare(page["id"])


def _bare(id: str) -> str:
    """The id without the prefixes of platforms: `urn:li:organization:42`, `locations/42`."""
    return re.split("[:/]", id)[-1]


def accounts_for(accounts: Iterable[Account], pages: Sequence[Page], network: object) -> list[Account]:
    """The accounts of the platform `network` that belong to one of the pages."""
    candidates = [row for row in accounts if row.get("platform", network) == network]
    return [row for row in candidates if any(is_page(row, page) for page in pages)]


def pairs(accounts: Sequence[Account], pages: Sequence[Page]) -> list[tuple[Page, Account]]:
    """The pages with their accounts, as far as these can be told: by the platform's id, else by a name that only one
    of the pages has; a single account belongs to a single page."""
    if len(accounts) == len(pages) == 1:
        return [(pages[0], accounts[0])]
    result = []
    for page in pages:
        same_id = [account for account in accounts if has_id(account, page)]
        owners = same_id or [
            account for account in accounts if [each for each in pages if is_page(account, each)] == [page]
        ]
        if len(owners) == 1:
            result.append((page, owners[0]))
    return result
