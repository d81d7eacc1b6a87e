"""The service's own health, and authorization URLs, breaking what the documents state of them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Answer, Call, answer

from postfuze_mock.problems import CONTENT_TYPE, Problem

SERVICE, AUTH_URL = "getServiceHealth", "createAuthUrl"


@broken("service.health", "the service's health takes a key")
def takes_a_key(mock: Mock) -> None:
    refused = answer(401, Problem(401, "Invalid or expired API key.").document(), "application/problem+json")
    mock.answers(SERVICE, lambda call, said: said if "authorization" in call.headers else refused)


@broken("service.health", "the service has another name")
def another_name(mock: Mock) -> None:
    mock.bodies(SERVICE, lambda body: {**body, "service": "api"})


@broken("service.health", "`ok` is a text")
def ok_in_words(mock: Mock) -> None:
    mock.bodies(SERVICE, lambda body: {**body, "ok": "true"})


@broken("service.health", "the time is in unix seconds")
def unix_seconds(mock: Mock) -> None:
    mock.bodies(SERVICE, lambda body: {**body, "time": 1780000000})


@broken("service.health", "the time is missing")
def no_time(mock: Mock) -> None:
    mock.bodies(SERVICE, lambda body: {"ok": True, "service": body["service"]})


@broken("auth-url.url", "the URL is relative")
def relative(mock: Mock) -> None:
    def change(body: dict[str, str]) -> dict[str, str]:
        url = urlsplit(body["auth_url"])
        return {"auth_url": f"{url.path}?{url.query}"}

    mock.bodies(AUTH_URL, change)


@broken("auth-url.url", "the URL is in `url`")
def in_url(mock: Mock) -> None:
    mock.bodies(AUTH_URL, lambda body: {"url": body["auth_url"]})


@broken("auth-url.url", "a body is required")
def body_required(mock: Mock) -> None:
    mock.calls(AUTH_URL, lambda call: call if call.body else call.sending([]))


@broken("auth-url.url", "a redirect URI is required")
def redirect_required(mock: Mock) -> None:
    def change(call: Call) -> Call:
        return call.sending([]) if isinstance(call.json, dict) and "redirect_uri" not in call.json else call

    mock.calls(AUTH_URL, change)


@broken("auth-url.url", "an authorization URL is answered with 201")
def created(mock: Mock) -> None:
    mock.answers(AUTH_URL, lambda _, said: said.but(said.json, 201) if said.status == 200 else said)


def _url(mock: Mock, query: Any) -> None:
    """Hand out URLs of another query, which `query` makes of the call's body."""

    def change(call: Call, said: Answer) -> Answer:
        if said.status != 200:
            return said
        url = urlsplit(said.json["auth_url"])
        return said.but({"auth_url": url._replace(query=query(url.query, call.json or {})).geturl()})

    mock.answers(AUTH_URL, change)


@broken("auth-url.state", "the URL carries no state")
def no_state(mock: Mock) -> None:
    _url(mock, lambda _query, _body: "client_id=1&response_type=code")


@broken("auth-url.state", "the state is JSON in base64, for everybody to read")
def readable(mock: Mock) -> None:
    _url(mock, lambda _query, body: urlencode({"state": urlsafe_b64encode(json.dumps(body).encode()).decode()}))


@broken("auth-url.state", "the tenant stands in the URL beside the state")
def tenant_beside(mock: Mock) -> None:
    _url(mock, lambda query, body: query + "&" + urlencode({"tenant": body.get("tenant_id") or ""}))


@broken("auth-url.state", "the state is the same whatever the redirect URI")
def constant_state(mock: Mock) -> None:
    _url(mock, lambda _query, _body: "state=c2FtZS1zdGF0ZS1mb3ItYWxsLW9mLXRoZW0tc2FtZS1zdGF0ZQ")


@broken("auth-url.state", "the redirect URI stands in the URL beside the state, in base64")
def redirect_beside(mock: Mock) -> None:
    def change(query: str, body: dict[str, str]) -> str:
        return f"{query}&next={urlsafe_b64encode(body.get('redirect_uri', '').encode()).decode()}"

    _url(mock, change)


@broken("auth-url.state", "the state knows of the tenant alone")
def state_of_the_tenant(mock: Mock) -> None:
    _url(mock, lambda _query, body: f"state={sha256(body.get('tenant_id', '').encode()).hexdigest()}")


@broken("auth-url.url", "a redirect URI is taken with a tenant alone")
def redirects_of_tenants(mock: Mock) -> None:
    wanted = answer(400, Problem(400, "Which tenant?", errors=[{"name": "tenant_id"}]).document(), CONTENT_TYPE)

    def change(call: Call, said: Answer) -> Answer:
        body = call.json
        return wanted if isinstance(body, dict) and "redirect_uri" in body and "tenant_id" not in body else said

    mock.answers(AUTH_URL, change)


@broken("auth-url.url", "the URL is answered with a redirect to it")
def redirected(mock: Mock) -> None:
    mock.answers(AUTH_URL, lambda _, said: said.but(said.json, 303) if said.status == 200 else said)
