"""Judges filters with an empty value. It may be ignored, or match no account, but it does not mean null."""

from __future__ import annotations

from postfuze_contracts.checks.list.filtering import BY_NAME
from postfuze_contracts.checks.list.walks import GREATEST_LIMIT, REFUSED, ids, ids_of
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.target.target import Target

_NAMES = ("tenant_id", "username", "network_unique_id", "networkUniqueId")
_STATEMENTS = {name: BY_NAME[name].statement for name in _NAMES[:3]} | {"networkUniqueId": "list.filter-alias"}
_LIMIT = {"limit": str(GREATEST_LIMIT)}


@check(*_STATEMENTS.values(), assumes=("filters.empty",), needs=(needs.ACCOUNTS,))
def empty_values(target: Target, judge: Judge) -> None:
    """Filter by empty values: they do not match the accounts that have no value."""
    for name, statement in _STATEMENTS.items():
        before, page = survey.page(target, _LIMIT), survey.page(target, {**_LIMIT, name: ""})
        if page.status in REFUSED:
            judge.observe("filters.empty", "refused", page)
        elif page.status == 200 and ids_of(before) == ids_of(survey.page(target, _LIMIT)):
            _judge_page(judge, (name, statement), before, page)
        require(survey.rows(before), needs.accounts(1))


def _judge_page(judge: Judge, filter: tuple[str, str], everything: Exchange, page: Exchange) -> None:
    """Judge a page of the filter with this name and statement, beside that without it."""
    name, statement = filter
    field = "network_unique_id" if name == "networkUniqueId" else name
    rows, unfiltered = survey.rows(page), survey.rows(everything)
    if not unfiltered or all(row.get(field) is None for row in unfiltered):
        return
    if ids_of(page) == ids_of(everything):
        judge.observe("filters.empty", "ignored", page)
    elif not rows:
        judge.observe("filters.empty", "empty-page", page)
    else:
        wrong = [row for row in rows if row.get(field) is None]
        expected = f"no accounts without a {field} for an empty value, unless all accounts are listed"
        judge.expect(statement, not wrong, expected, everything, page, got=f"also {ids(wrong)}")
