"""Deployments that seldom differ, and then where the documents let them: all correct."""

from __future__ import annotations

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import correct
from tests.contracts.family.wire import Answer, Call, answer

PROBLEM = "application/problem+json"


@correct("a cursor goes on with the limit that it came with, and with no other")
def cursors_of_a_limit(mock: Mock) -> None:
    given: dict[str, str] = {}

    async def rule(call: Call) -> Answer:
        limit, cursor = call.parameters.get("limit", "25"), call.parameters.get("cursor")
        if cursor in given and given[cursor] != limit:
            refused = {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": "Invalid cursor"}
            return answer(400, refused, PROBLEM)
        said = await call.answer()
        if said.status == 200 and said.json["next_cursor"]:
            given[said.json["next_cursor"]] = limit
        return said

    mock.rule("listSocialAccounts", rule)


@correct("the service is down for a second, now and then")
def down_now_and_then(mock: Mock) -> None:
    calls = 0

    async def rule(call: Call) -> Answer:
        nonlocal calls
        calls += 1
        if calls % 61 == 60:
            down = {"type": "about:blank", "title": "Service Unavailable", "status": 503, "detail": None}
            return answer(503, down, PROBLEM).but(down, retry_after="1")
        return await call.answer()

    mock.rule("*", rule)


@correct("accounts that were connected at once have their order among milliseconds from what does not show")
def hidden_microseconds(mock: Mock) -> None:
    made: list[str] = []

    def order(_call: Call, said: Answer) -> Answer:
        if said.status != 200:
            return said
        data, body = said.json["data"], said.json
        places = [at for at, row in enumerate(data) if row["id"] in made]
        for at, row in zip(places, sorted((data[at] for at in places), key=_hidden, reverse=True), strict=True):
            data[at] = row
        return said.but({**body, "data": data})

    def _hidden(row: dict[str, str]) -> tuple[str, int]:
        return row["created_at"], made.index(row["id"])

    def connected(_call: Call, said: Answer) -> Answer:
        if said.status == 200:
            made.extend(account["id"] for account in said.json["connectedAccounts"] if account["id"] not in made)
        return said

    mock.answers("finalizeConnection", connected)
    mock.answers("listSocialAccounts", order)
