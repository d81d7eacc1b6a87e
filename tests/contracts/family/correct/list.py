"""Correct: lists of data that looks like a mistake, and lists that differ where the documents are silent."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from itertools import count

from tests.contracts.family.lookups import Where, stored_page
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import correct
from tests.contracts.family.wire import Request, Response

from postfuze_mock.domain.pagination import Cursors
from postfuze_mock.records import Row
from postfuze_mock.state.memory.store import MemoryStore

LIST = "listSocialAccounts"
AT = "2026-05-01T12:00:00.000Z"


@correct("a limit out of range gives as many as no limit")
def strange_limits_are_none(mock: Mock) -> None:
    def change(request: Request) -> Request:
        limit = request.parameters.get("limit", "1")
        fits = not limit.lstrip("-").isdecimal() or 1 <= int(limit) <= 100
        return request if fits else request.without_query("limit")

    mock.requests(LIST, change)


@correct("an organization whose accounts were all created at the same instant")
def one_instant(mock: Mock) -> None:
    platforms = ("x", "facebook", "reddit", "tiktok")
    accounts = [{"platform": platforms[n % 4], "created_at": AT, "updated_at": AT} for n in range(60)]
    mock.document = {"generate": 0, "accounts": accounts}


@correct("usernames, tenants and ids that are nearly the same")
def nearly_alike(mock: Mock) -> None:
    names = ("acme", "Acme", "ACME", "acm", "cme", "acme%", "acm%", "acm_", "acm*", "acme2", "acme1", "0acme1", "acme ")
    accounts = [{"platform": "x", "username": n, "tenant_id": n, "network_unique_id": n} for n in names]
    mock.document = {"generate": 0, "accounts": accounts}


@correct("an organization of one platform, one tenant and one username")
def all_alike(mock: Mock) -> None:
    mock.document = {
        "generate": 0,
        "accounts": [{"platform": "x", "username": "acme", "tenant_id": "tenant_1"} for _ in range(30)],
    }


@correct("disabled accounts are listed only where a filter asks for them")
def disabled_where_asked_for(mock: Mock) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        rows = stored_page(store, where, after, 10**6)
        return [row for row in rows if where or row.account()["status"] != "disabled"][:limit]

    mock.replace(MemoryStore, "page", page)


@correct("no two cursors are the same")
def numbered_cursors(mock: Mock) -> None:
    sign, read, numbers = Cursors.sign, Cursors.read, count()
    mock.replace(Cursors, "sign", lambda cursors, key: sign(cursors, f"{key}|{next(numbers)}"))
    mock.replace(Cursors, "read", lambda cursors, cursor: read(cursors, cursor).partition("|")[0])


@correct("an organization with 700 accounts")
def seven_hundred(mock: Mock) -> None:
    mock.document = {"generate": 700}


@correct("the signature of a cursor is in hex, in capitals or not")
def hex_signatures(mock: Mock) -> None:
    sign, read = Cursors.sign, Cursors.read

    def in_hex(cursors: Cursors, key: str) -> str:
        payload, _, signature = sign(cursors, key).partition(".")
        return f"{payload}.{urlsafe_b64decode(signature + '=').hex()}"

    def of_hex(cursors: Cursors, cursor: str) -> str:
        payload, _, signature = cursor.partition(".")
        try:
            raw = bytes.fromhex(signature)
        except ValueError:
            raw = b""
        return read(cursors, f"{payload}.{urlsafe_b64encode(raw).decode().rstrip('=')}")

    mock.replace(Cursors, "sign", in_hex)
    mock.replace(Cursors, "read", of_hex)


PROBLEM = "application/problem+json"


@correct("a cursor continues with the limit that it came with, and with no other")
def cursors_of_a_limit(mock: Mock) -> None:
    limits: dict[str, str] = {}

    async def handle(request: Request) -> Response:
        limit, cursor = request.parameters.get("limit", "25"), request.parameters.get("cursor")
        if cursor in limits and limits[cursor] != limit:
            refused = {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": "Invalid cursor"}
            return Response.of(400, refused, PROBLEM)
        response = await request.send()
        if response.status == 200 and response.json["next_cursor"]:
            limits[response.json["next_cursor"]] = limit
        return response

    mock.handle("listSocialAccounts", handle)


@correct("the first of two values of a parameter counts")
def first_value_counts(mock: Mock) -> None:
    mock.requests(LIST, lambda request: request.replace(query=tuple(dict(reversed(request.query)).items())))
