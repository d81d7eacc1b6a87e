"""Correct: lists and accounts of other forms than the mock's, where the documents leave them open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contracts.family.lookups import Where, filtering, stored_page
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import CORRECT, Variant, correct
from tests.contracts.family.wire import Request, Response

from postfuze_mock.records import TIMESTAMP_WIDTH, Row
from postfuze_mock.state.memory.store import MemoryStore

GET, LIST, METRICS, HEALTH, DELETE, FINALIZE = (
    "getSocialAccount",
    "listSocialAccounts",
    "getSocialAccountMetrics",
    "getSocialAccountHealth",
    "deleteSocialAccount",
    "finalizeConnection",
)
AT = "2026-05-01T12:00:00"


def _shown(mock: Mock, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    mock.bodies(GET, change)
    mock.bodies(LIST, lambda body: {**body, "data": [change(row) for row in body["data"]]})


def _observed(choice: tuple[str, str], sentence: str) -> Callable[[Callable[[Mock], None]], Callable[[Mock], None]]:
    """Register a correct deployment that decides an assumption so."""

    def register(change: Callable[[Mock], None]) -> Callable[[Mock], None]:
        CORRECT.append(Variant(f"correct_forms.{change.__name__}", None, sentence, change, choice))
        return change

    return register


@_observed(("account.created-precision", "finer"), "times are kept in microseconds and shown in milliseconds")
def hidden_microseconds(mock: Mock) -> None:
    """Accounts that are equal as shown are in an order of their own, the same in every list."""
    mock.document = {
        "generate": 30,
        "accounts": [{"platform": "x", "created_at": f"{AT}.{n // 3:03}Z"} for n in range(24)],
    }

    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        rows = sorted(stored_page(store, where, None, 10**6), key=_kept, reverse=True)
        last = (after[:TIMESTAMP_WIDTH], after[TIMESTAMP_WIDTH:][::-1]) if after is not None else None
        return [row for row in rows if last is None or _kept(row) < last][:limit]

    mock.replace(MemoryStore, "page", page)


def _kept(row: Row) -> tuple[str, str]:
    """The time of an account, finer than it is shown: by the end of its id, which is random."""
    account = row.account()
    return account["created_at"], account["id"][::-1]


@correct("times have nine digits, of which the last ones differ")
def nanoseconds(mock: Mock) -> None:
    mock.document = {
        "generate": 0,
        "accounts": [{"platform": "x", "created_at": f"{AT}.000Z"} for _ in range(30)],
    }

    def change(body: dict[str, Any]) -> dict[str, Any]:
        rows = sorted(body["data"], key=lambda row: (row["created_at"], row["id"]), reverse=True)
        return {**body, "data": [_of_id(row) for row in rows]}

    mock.bodies(LIST, change)
    mock.bodies(GET, _of_id)


def _of_id(row: dict[str, Any]) -> dict[str, Any]:
    """The account with nanoseconds in `created_at`, by its id."""
    at: str = row["created_at"]
    return {**row, "created_at": f"{at[:19]}.000{int(row['id'][:4], 16):06}Z" if at.startswith(AT) else at}


@_observed(("account.platform-values", "further"), "an organization has accounts of a platform that is new")
def further_platform(mock: Mock) -> None:
    names = {"reddit": "mastodon"}
    back = {new: old for old, new in names.items()}
    _shown(mock, lambda row: {**row, "platform": names.get(row["platform"], row["platform"])})

    def change(request: Request) -> Request:
        platform = request.parameters.get("platform", "")
        return request.with_query(platform=back[platform]) if platform in back else request

    mock.requests(LIST, change)
    for operation in (METRICS, HEALTH, FINALIZE):
        mock.bodies(operation, lambda body: _renamed(body, names))


def _renamed(body: Any, names: dict[str, str]) -> Any:
    if isinstance(body, dict):
        return {
            name: names.get(value, value) if name == "network" else _renamed(value, names)
            for name, value in body.items()
        }
    return [_renamed(each, names) for each in body] if isinstance(body, list) else body


@_observed(("account.update-order", "any"), "`updated_at` is by another clock, a second late")
def other_clock(mock: Mock) -> None:
    def change(row: dict[str, Any]) -> dict[str, Any]:
        return {**row, "updated_at": "2024-01-01T00:00:00.000Z" if row["id"][0] in "0123" else row["updated_at"]}

    _shown(mock, change)


@_observed(("tenants.comparison", "folded"), "tenants are compared without their case")
def folded_tenants(mock: Mock) -> None:
    mock.document = {
        "generate": 40,
        "accounts": [{"platform": "x", "tenant_id": each} for each in ("Acme", "acme", "ACME", "other")],
    }
    filtering(mock, "tenant_id", lambda value, term: (value or "").casefold() == term.casefold() != "")


@_observed(("ids.form", "any-string"), "the ids of accounts are no UUIDs")
def prefixed_ids(mock: Mock) -> None:
    def request(request: Request) -> Request:
        if request.operation in (GET, METRICS, HEALTH, DELETE):
            end = f"/{request.path.split('/')[3]}" if request.path.count("/") > 2 else ""
            id = request.id.removeprefix("acc_") if request.id.startswith("acc_") else f"no-{request.id}"
            return request.replace(path=f"/social-accounts/{id}{end}")
        if request.operation == LIST and "id" in request.parameters:
            id = request.parameters["id"]
            known = id.startswith("acc_")
            return request.with_query(id=id[4:] if known else "ffffffff-0000-4000-8000-000000000000")
        return request

    async def handle(received: Request) -> Response:
        response = await request(received).send()
        return response if response.status >= 300 else response.with_body(_prefixed(response.json))

    for operation in (GET, LIST, METRICS, HEALTH, DELETE, FINALIZE):
        mock.handle(operation, handle)


def _prefixed(body: Any) -> Any:
    """The body with ids of accounts that begin with `acc_`."""
    if isinstance(body, dict):
        return {
            name: f"acc_{value}" if name in ("id", "social_account_id") and isinstance(value, str) else _prefixed(value)
            for name, value in body.items()
        }
    return [_prefixed(each) for each in body] if isinstance(body, list) else body


@correct("a limit of 0 is none, and one below is 1")
def limits_of_a_script(mock: Mock) -> None:
    def change(request: Request) -> Request:
        limit = request.parameters.get("limit", "1")
        if limit == "0":
            return request.without_query("limit")
        return request.with_query(limit="1") if limit.startswith("-") and limit[1:].isdecimal() else request

    mock.requests(LIST, change)


@correct("a gateway refuses long paths")
def short_paths(mock: Mock) -> None:
    problem = {"type": "about:blank", "title": "URI Too Long", "status": 414, "detail": None}

    async def handle(request: Request) -> Response:
        length = sum(len(name) + len(value) for name, value in request.query)
        return await request.send() if length < 4000 else Response.of(414, problem, "application/problem+json")

    mock.handle(LIST, handle)


@correct("a UUID in the path may have capitals, braces or no dashes")
def forms_of_uuids(mock: Mock) -> None:
    def change(request: Request) -> Request:
        bare = request.id.replace("%7B", "").replace("%7D", "").replace("-", "").lower()
        if len(bare) != 32:
            return request
        id = f"{bare[:8]}-{bare[8:12]}-{bare[12:16]}-{bare[16:20]}-{bare[20:]}"
        return request.replace(path=f"/social-accounts/{id}")

    mock.requests(GET, change)
