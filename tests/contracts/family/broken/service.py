"""Broken: the health of the service itself."""

from __future__ import annotations

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock.problems import Problem

SERVICE, AUTH_URL = "getServiceHealth", "createAuthUrl"


@broken("service.health", "the service's health requires a key")
def takes_a_key(mock: Mock) -> None:
    refused = Response.of(401, Problem(401, "Invalid or expired API key.").document(), "application/problem+json")
    mock.responses(SERVICE, lambda request, response: response if "authorization" in request.headers else refused)


@broken("service.health", "the service has another name")
def another_name(mock: Mock) -> None:
    mock.bodies(SERVICE, lambda body: {**body, "service": "api"})


@broken("service.health", "`ok` is a string")
def ok_in_words(mock: Mock) -> None:
    mock.bodies(SERVICE, lambda body: {**body, "ok": "true"})


@broken("service.health", "the time is in unix seconds")
def unix_seconds(mock: Mock) -> None:
    mock.bodies(SERVICE, lambda body: {**body, "time": 1780000000})


@broken("service.health", "the time is missing")
def no_time(mock: Mock) -> None:
    mock.bodies(SERVICE, lambda body: {"ok": True, "service": body["service"]})


@broken("service.health", "`ok` is false")
def not_ok(mock: Mock) -> None:
    mock.bodies(SERVICE, lambda body: {**body, "ok": False})


@broken("service.clock", "the time is that of the first call")
def fixed_time(mock: Mock) -> None:
    times: list[str] = []

    async def handle(request: Request) -> Response:
        response = await request.send()
        times.append(response.json["time"])
        return response.with_body({**response.json, "time": times[0]})

    mock.handle(SERVICE, handle)
