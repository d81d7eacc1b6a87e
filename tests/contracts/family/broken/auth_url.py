"""Broken: authorization URLs."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock.problems import CONTENT_TYPE, Problem

AUTH_URL = "createAuthUrl"


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
    mock.requests(AUTH_URL, lambda request: request if request.body else request.with_body([]))


@broken("auth-url.url", "a redirect URI is required")
def redirect_required(mock: Mock) -> None:
    def change(request: Request) -> Request:
        return (
            request.with_body([]) if isinstance(request.json, dict) and "redirect_uri" not in request.json else request
        )

    mock.requests(AUTH_URL, change)


@broken("auth-url.url", "an authorization URL is answered with 201")
def created(mock: Mock) -> None:
    mock.responses(
        AUTH_URL, lambda _, response: response.with_body(response.json, 201) if response.status == 200 else response
    )


def _url(mock: Mock, query: Any) -> None:
    """Return URLs with another query, made by `query` from the URL's own and the request body."""

    def change(request: Request, response: Response) -> Response:
        if response.status != 200:
            return response
        url = urlsplit(response.json["auth_url"])
        return response.with_body({"auth_url": url._replace(query=query(url.query, request.json or {})).geturl()})

    mock.responses(AUTH_URL, change)


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
    refusal = Response.of(400, Problem(400, "Which tenant?", errors=[{"name": "tenant_id"}]).document(), CONTENT_TYPE)

    def change(request: Request, response: Response) -> Response:
        body = request.json
        return refusal if isinstance(body, dict) and "redirect_uri" in body and "tenant_id" not in body else response

    mock.responses(AUTH_URL, change)


@broken("auth-url.url", "the URL is answered with a redirect to it")
def redirected(mock: Mock) -> None:
    mock.responses(
        AUTH_URL, lambda _, response: response.with_body(response.json, 303) if response.status == 200 else response
    )


@broken("auth-url.url", "there is no URL for reddit")
def no_url_for_reddit(mock: Mock) -> None:
    def change(request: Request, response: Response) -> Response:
        return (
            response.with_body({"auth_url": None})
            if "/reddit/" in request.path and response.status == 200
            else response
        )

    mock.responses("createAuthUrl", change)


@broken("auth-url.url", "a tenant is required")
def tenant_required(mock: Mock) -> None:
    def change(request: Request) -> Request:
        body = request.json if request.body else {}
        return request.with_body([]) if isinstance(body, dict) and "tenant_id" not in body else request

    mock.requests(AUTH_URL, change)


@broken("auth-url.state", "the tenant stands in the state as it is")
def tenant_in_the_state(mock: Mock) -> None:
    _url(mock, lambda _query, body: urlencode({"state": f"{body.get('tenant_id')}.c2lnbmVk"}))
