"""Deployments that break a statement where one seldom looks: at the last page, much later, for one platform."""

from __future__ import annotations

from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Answer, Call, answer

from postfuze_mock.domain import connect as rules
from postfuze_mock.records import Page, Row, Session

_select = rules.select
LATER = 25  # calls


@broken("connect.exactly-selected", "the last page of a session is connected along with those that were selected")
def the_last_page_too(mock: Mock) -> None:
    def select(session: Session, ids: list[str], choices: Any) -> list[Page]:
        chosen = _select(session, ids, choices)
        return chosen + [page for page in session["pages"][-1:] if page not in chosen]

    mock.replace(rules, "select", select)


@broken("delete.gone", "a disconnected account is back a while later")
def back_again(mock: Mock) -> None:
    gone: dict[str, tuple[int, Row]] = {}
    calls = 0

    async def rule(call: Call) -> Answer:
        nonlocal calls
        calls += 1
        store = mock.world.store
        for id, (since, row) in list(gone.items()):
            if calls - since > LATER and store.compare_and_set(id, store.get(id) or row, row):
                del gone[id]
        before = store.get(call.id) if call.method == "DELETE" else None
        said = await call.answer()
        if before is not None and said.status == 200:
            gone[call.id] = (calls, before)
        return said

    mock.rule("*", rule)


@broken("list.cursor-signed", "the case of a cursor's signature does not matter")
def signatures_in_any_case(mock: Mock) -> None:
    given: dict[str, str] = {}

    async def rule(call: Call) -> Answer:
        cursor = call.parameters.get("cursor", "")
        said = await (call.asking(cursor=given.get(cursor.lower(), cursor)) if cursor else call).answer()
        if said.status == 200 and said.json["next_cursor"]:
            given[said.json["next_cursor"].lower()] = said.json["next_cursor"]
        return said

    mock.rule("listSocialAccounts", rule)


@broken("auth-url.url", "there is no URL for reddit")
def no_url_for_reddit(mock: Mock) -> None:
    def change(call: Call, said: Answer) -> Answer:
        return said.but({"auth_url": None}) if "/reddit/" in call.path and said.status == 200 else said

    mock.answers("createAuthUrl", change)


@broken("metrics.full-series", "what is stored cannot be had while the platform cannot be reached")
def no_series_without_a_platform(mock: Mock) -> None:
    async def rule(call: Call) -> Answer:
        row = mock.world.store.get(call.id)
        lost = row is not None and row.unseen().get("behaviour", {}).get("platform") == "unreachable"
        if lost and call.parameters.keys() & {"since", "until"}:
            problem = {"type": "about:blank", "title": "Bad Gateway", "status": 502, "detail": None}
            return answer(502, problem, "application/problem+json")
        return await call.answer()

    mock.rule("getSocialAccountMetrics", rule)
