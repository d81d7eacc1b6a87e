"""Broken: keys that are revoked or have expired."""

from __future__ import annotations

from tests.contracts.family.keys import accepting, detail, ending, instead, refusing
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request

from postfuze_contracts.model.operations import DELETE, GET, HEALTH, LIST, METRICS


@broken("auth.revoked", "a revoked key still starts connect flows")
def revoked_starts(mock: Mock) -> None:
    accepting(mock, "createAuthUrl", ending("_revoked"))


@broken("auth.expired", "an expired key still checks health")
def expired_checks_health(mock: Mock) -> None:
    accepting(mock, HEALTH, ending("_expired"))


@broken("auth.revoked", "a revoked key still reads metrics")
def revoked_reads_metrics(mock: Mock) -> None:
    accepting(mock, METRICS, ending("_revoked"))


@broken("auth.revoked", "a revoked key still lists")
def revoked_lists(mock: Mock) -> None:
    accepting(mock, LIST, ending("_revoked"))


@broken("auth.revoked", "a revoked key still disconnects")
def revoked_deletes(mock: Mock) -> None:
    accepting(mock, DELETE, ending("_revoked"))


@broken("auth.revoked", "a revoked key answers 403")
def revoked_is_403(mock: Mock) -> None:
    refusing(mock, ending("_revoked"), instead(403))


@broken("auth.revoked", "the detail of a revoked key says that it was revoked")
def revoked_is_told(mock: Mock) -> None:
    refusing(mock, ending("_revoked"), detail("This API key was revoked."))


@broken("auth.expired", "an expired key still retrieves")
def expired_retrieves(mock: Mock) -> None:
    accepting(mock, GET, ending("_expired"))


@broken("auth.expired", "an expired key answers 403")
def expired_is_403(mock: Mock) -> None:
    refusing(mock, ending("_expired"), instead(403))


@broken("auth.expired", "an expired key has no detail")
def expired_is_not_told(mock: Mock) -> None:
    refusing(mock, ending("_expired"), detail(None))


@broken("auth.revoked", "a revoked key still follows cursors")
def revoked_goes_on(mock: Mock) -> None:
    revoked = ending("_revoked")
    accepting(mock, LIST, lambda request: revoked(request) and "cursor" in request.parameters)


@broken("auth.expired", "an expired key still reads series")
def expired_reads_series(mock: Mock) -> None:
    expired = ending("_expired")
    accepting(mock, METRICS, lambda request: expired(request) and "since" in request.parameters)


@broken("auth.revoked", "a revoked key is accepted until its second call")
def revoked_a_call_later(mock: Mock) -> None:
    calls: set[str] = set()

    def which(request: Request) -> bool:
        is_first = ending("_revoked")(request) and request.path not in calls
        calls.update([request.path] if is_first else [])
        return is_first

    accepting(mock, GET, which)
