"""The reference: a bare Starlette application that does the mock's work for two operations.

It checks the key, reads the parameters and returns encoded rows; it validates only what it needs to not crash.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.bare.accounts import Accounts

PREFIX: Final = "/api/v1"
JSON: Final = "application/json"


def application(data: Path | None) -> Starlette:
    """Serves the accounts of `data`, JSON `{key: [account, …]}`; None for no accounts, when every key is refused."""
    documents = orjson.loads(data.read_bytes()) if data else {}
    organizations = {f"Bearer {key}": Accounts(accounts) for key, accounts in documents.items()}

    async def health(_request: Request) -> Response:
        return Response(b'{"ok":true}', media_type=JSON)

    async def get_account(request: Request) -> Response:
        organization = organizations.get(request.headers.get("authorization", ""))
        if organization is None:
            return _problem(401, "Invalid or expired API key.")
        account = organization.get(request.path_params["id"])
        return Response(account, media_type=JSON) if account else _problem(404, "Account not found.")

    async def list_accounts(request: Request) -> Response:
        organization = organizations.get(request.headers.get("authorization", ""))
        if organization is None:
            return _problem(401, "Invalid or expired API key.")
        query = request.query_params
        try:
            page = organization.page(query.get("platform"), query.get("cursor"), min(100, int(query.get("limit", 25))))
        except ValueError as error:
            return _problem(400, str(error))
        return Response(page, media_type=JSON)

    return Starlette(
        routes=[
            Route(f"{PREFIX}/health", health),
            Route(f"{PREFIX}/social-accounts", list_accounts),
            Route(f"{PREFIX}/social-accounts/{{id}}", get_account),
        ]
    )


def _problem(status: int, detail: str) -> Response:
    document = {"type": "about:blank", "title": "", "status": status, "detail": detail}
    return Response(orjson.dumps(document), status, media_type="application/problem+json")
