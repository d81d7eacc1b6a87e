"""The checks of `--profile smoke`: what breaks most often, in less than 200 requests and 20 account writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from postfuze_contracts.engine.registry import Check

NAMES: Final = frozenset(
    {
        "account.each_account",
        "auth.calls_without_a_key",
        "connect.an_unknown_session",
        "connect.sessions_that_were_finalized",
        "connect.some_of_the_pages",
        "connect.the_pages_of_a_session",
        "delete.a_key_without_scopes",
        "delete.an_id_that_never_was",
        "errors.outside_the_operations",
        "get.a_deleted_account",
        "get.accounts_as_listed",
        "get.ids_that_no_account_has",
        "health.an_account_that_does_not_exist",
        "list.a_last_page_that_is_full",
        "list.pages_of_a_limit",
        "list.pages_of_filters_together",
        "list.pages_without_a_limit",
        "list.the_envelope",
        "list.the_order_of_a_walk",
        "metrics.the_fields_of_a_series",
        "service.the_service",
    }
)


def smoke(checks: Sequence[Check]) -> list[Check]:
    """Those of `checks` that the profile `smoke` runs."""
    return [check for check in checks if check.name in NAMES]
