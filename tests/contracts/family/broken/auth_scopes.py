"""Broken: both modes of keys, and scopes."""

from __future__ import annotations

from tests.contracts.family.keys import FULL, accepting, ending, header
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_contracts.model.operations import DELETE, GET, HEALTH, LIST, METRICS
from postfuze_mock.problems import Problem
from postfuze_mock.worlds.accounts.accounts import missing

FORBIDDEN = Response.of(403, Problem(403, "This API key may not do that.").document(), "application/problem+json")


@broken("auth.modes", "live keys read no metrics")
def live_reads_no_metrics(mock: Mock) -> None:
    mock.requests(
        METRICS,
        lambda request: request.with_key("none") if header(request).startswith("Bearer sk_live_") else request,
    )


@broken("auth.reads-need-no-scope", "a key without scopes cannot read a series")
def scope_for_series(mock: Mock) -> None:
    read_only = ending("_readonly")
    mock.responses(METRICS, lambda request, response: FORBIDDEN if request.query and read_only(request) else response)


@broken("auth.modes", "live keys are refused")
def live_refused(mock: Mock) -> None:
    mock.requests(
        "*",
        lambda request: request.with_key("none") if header(request).startswith("Bearer sk_live_") else request,
    )


def _read_only_refused(mock: Mock, operation: str) -> None:
    read_only = ending("_readonly")
    mock.responses(
        operation, lambda request, response: FORBIDDEN if read_only(request) and response.status == 200 else response
    )


@broken("auth.reads-need-no-scope", "a key without scopes cannot list")
def scope_to_list(mock: Mock) -> None:
    _read_only_refused(mock, LIST)


@broken("auth.reads-need-no-scope", "a key without scopes cannot read metrics")
def scope_for_metrics(mock: Mock) -> None:
    _read_only_refused(mock, METRICS)


@broken("auth.reads-need-no-scope", "a key without scopes cannot check health")
def scope_for_health(mock: Mock) -> None:
    _read_only_refused(mock, HEALTH)


@broken("auth.reads-need-no-scope", "a key without scopes lists active accounts only")
def active_only(mock: Mock) -> None:
    read_only = ending("_readonly")

    def change(request: Request, response: Response) -> Response:
        if response.status != 200 or not read_only(request):
            return response
        return response.with_body(
            {**response.json, "data": [row for row in response.json["data"] if row["status"] == "active"]}
        )

    mock.responses(LIST, change)


@broken("auth.reads-need-no-scope", "a key without scopes retrieves no disabled account")
def no_disabled(mock: Mock) -> None:
    read_only = ending("_readonly")
    refusal = Response.of(404, missing().document(), "application/problem+json")

    def change(request: Request, response: Response) -> Response:
        return (
            refusal
            if response.status == 200 and read_only(request) and response.json["status"] == "disabled"
            else response
        )

    mock.responses(GET, change)


@broken("auth.write-scopes", "a key with all scopes may not disconnect")
def nobody_may(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        return FORBIDDEN if header(request) == f"Bearer {FULL}" else await request.send()

    mock.handle(DELETE, handle)


@broken("auth.write-scopes", "a key without scopes may disconnect")
def readers_disconnect(mock: Mock) -> None:
    read_only = ending("_readonly")
    mock.requests(DELETE, lambda request: request.with_key(FULL) if read_only(request) else request)


@broken("auth.write-scopes", "a key with any scope may disconnect")
def any_scope_disconnects(mock: Mock) -> None:
    accepting(mock, DELETE, ending("_posts"))
