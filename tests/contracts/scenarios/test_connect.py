"""The checks of the connect flow: the mock passes, and each deployment that breaks a statement fails by that one."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.contracts.conftest import Organization, failed, outcome
from tests.contracts.proxy import Answer, Call, Rule

from postfuze_contracts.model.options import Access, Sessions
from postfuze_contracts.model.verdicts import Outcome

JUDGED = {
    *("connect.no-key", "connect.unknown-session", "connect.expired-session", "connect.pages-fields"),
    *("connect.several-pages", "connect.kept-until-finalized", "connect.at-least-one", "connect.unknown-page"),
    *("connect.exactly-selected", "connect.finalize-fields", "connect.shown-after", "connect.once"),
}
PROBLEM: dict[str, Any] = {"type": "about:blank", "title": "Not Found", "status": 404, "detail": None}


def finalizes(call: Call) -> bool:
    return call.method == "POST" and call.path.endswith("/finalize")


def lists_pages(call: Call) -> bool:
    return call.method == "GET" and call.path.startswith("/social-accounts/pending/")


def token(call: Call) -> str:
    return call.path.split("/")[3]


def selecting(call: Call, ids: list[str]) -> Answer:
    return replace(call, body=json.dumps({"selectedPageIds": ids}).encode()).forward()


def offered(call: Call) -> list[str]:
    pages = call.instead("GET", f"/social-accounts/pending/{token(call)}")
    return [page["id"] for page in pages.json["availablePages"]] if pages.status == 200 else []


def wants_a_key_to_finalize(call: Call) -> Answer:
    if "authorization" in call.headers or not finalizes(call):
        return call.forward()
    return call.instead("GET", "/social-accounts")  # 401


def answers_200_for_unknown_sessions(call: Call) -> Answer:
    answer = call.forward()
    unknown = lists_pages(call) and token(call).startswith("no-such")
    return answer.but({"network": "x", "availablePages": []}, 200) if unknown else answer


def connects_every_page(call: Call) -> Answer:
    selected = finalizes(call) and (call.json or {}).get("selectedPageIds")
    ids = offered(call) if selected else []
    return selecting(call, ids) if ids and set(selected or ()) <= set(ids) else call.forward()


def connects_every_page_but_tells_the_selected(call: Call) -> Answer:
    answer = connects_every_page(call)
    if answer.status == 200 and finalizes(call):
        return answer.but(
            {"connectedAccounts": answer.json["connectedAccounts"][1 : 1 + len(call.json["selectedPageIds"])]}
        )
    return answer


def connects_the_first_pages(call: Call) -> Answer:
    selected = (call.json or {}).get("selectedPageIds", []) if finalizes(call) else []
    ids = offered(call) if selected else []
    return selecting(call, ids[: len(selected)]) if ids and set(selected) <= set(ids) else call.forward()


def connects_one_page_only(call: Call) -> Answer:
    selected = (call.json or {}).get("selectedPageIds", []) if finalizes(call) else []
    known = bool(selected) and set(selected) <= set(offered(call))
    return selecting(call, selected[:1]) if known else call.forward()


def accepts_no_pages(call: Call) -> Answer:
    answer = call.forward()
    empty = finalizes(call) and call.body and call.json.get("selectedPageIds") == []
    return answer.but({"connectedAccounts": []}, 200) if empty else answer


def ignores_unknown_pages(call: Call) -> Answer:
    selected = (call.json or {}).get("selectedPageIds", []) if finalizes(call) else []
    known = [id for id in selected if not id.startswith("no-such")]
    return selecting(call, known) if known else call.forward()


def answers_500_for_unknown_pages(call: Call) -> Answer:
    answer = call.forward()
    return answer.but({**PROBLEM, "status": 500}, 500) if finalizes(call) and answer.status == 422 else answer


def picture_left_out(call: Call) -> Answer:
    answer = call.forward()
    if not lists_pages(call) or answer.status != 200:
        return answer
    pages = [{k: v for k, v in page.items() if k != "profilePictureUrl"} for page in answer.json["availablePages"]]
    return answer.but({**answer.json, "availablePages": pages})


def one_page_offered(call: Call) -> Answer:
    answer = call.forward()
    if not lists_pages(call) or answer.status != 200:
        return answer
    return answer.but({**answer.json, "availablePages": answer.json["availablePages"][-1:]})


def changed_account(**changes: Any) -> Rule:
    def rule(call: Call) -> Answer:
        answer = call.forward()
        if not finalizes(call) or answer.status != 200:
            return answer
        return answer.but({"connectedAccounts": [{**each, **changes} for each in answer.json["connectedAccounts"]]})

    return rule


def new_accounts_unlisted() -> Rule:
    made: set[str] = set()

    def rule(call: Call) -> Answer:
        answer = call.forward()
        if finalizes(call) and answer.status == 200:
            made.update(each["id"] for each in answer.json["connectedAccounts"])
        if call.path == "/social-accounts" and answer.status == 200:
            return answer.but({**answer.json, "data": [row for row in answer.json["data"] if row["id"] not in made]})
        return answer

    return rule


def sessions_end_at(ends: Callable[[Call, Answer], bool]) -> Rule:
    ended: set[str] = set()

    def rule(call: Call) -> Answer:
        if not call.path.startswith("/social-accounts/pending/"):
            return call.forward()
        if token(call) in ended:
            return replace(call, target=call.target.replace(token(call), "used-up")).forward()
        answer = call.forward()
        if ends(call, answer):
            ended.add(token(call))
        return answer

    return rule


def still_listed_when_finalized() -> Rule:
    pages: dict[str, Answer] = {}

    def rule(call: Call) -> Answer:
        answer = call.forward()
        if lists_pages(call):
            return pages.setdefault(token(call), answer) if answer.status == 200 else pages.get(token(call), answer)
        return answer

    return rule


def finalized_by_all_that_race() -> Rule:
    lock, waiting, first = threading.Lock(), dict[str, int](), dict[str, Answer]()

    def rule(call: Call) -> Answer:
        if not finalizes(call):
            return call.forward()
        waiting[token(call)] = waiting.get(token(call), 0) + 1
        with lock:
            answer = call.forward()
            waiting[token(call)] -= 1
            if answer.status == 200 and waiting[token(call)]:
                first[token(call)] = answer
            return first.get(token(call), answer)

    return rule


BROKEN: dict[str, tuple[Rule, str]] = {
    "a key to finalize": (wants_a_key_to_finalize, "connect.no-key"),
    "200 for an unknown session": (answers_200_for_unknown_sessions, "connect.unknown-session"),
    "all pages connected": (connects_every_page, "connect.exactly-selected"),
    "all pages connected, selected ones told": (connects_every_page_but_tells_the_selected, "connect.exactly-selected"),
    "the first pages connected": (connects_the_first_pages, "connect.exactly-selected"),
    "one page connected": (connects_one_page_only, "connect.exactly-selected"),
    "no page accepted": (accepts_no_pages, "connect.at-least-one"),
    "unknown pages ignored": (ignores_unknown_pages, "connect.unknown-page"),
    "500 for an unknown page": (answers_500_for_unknown_pages, "connect.unknown-page"),
    "no pictures": (picture_left_out, "connect.pages-fields"),
    "one page offered": (one_page_offered, "connect.several-pages"),
    "a number for a nickname": (changed_account(nickname=7), "connect.finalize-fields"),
    "another username": (changed_account(username="somebody_else"), "connect.shown-after"),
    "another account type": (changed_account(accountType="profile"), "connect.shown-after"),
    "new accounts unlisted": (new_accounts_unlisted(), "connect.shown-after"),
    "used up by listing": (sessions_end_at(lambda call, _: lists_pages(call)), "connect.kept-until-finalized"),
    "used up by a refusal": (
        sessions_end_at(lambda call, answer: finalizes(call) and answer.status == 422),
        "connect.kept-until-finalized",
    ),
    "listed when finalized": (still_listed_when_finalized(), "connect.once"),
    "finalized by all that race": (finalized_by_all_that_race(), "connect.once"),
}


def test_the_mock_keeps_every_statement(organization: Organization) -> None:
    finished = organization.judge("connect", profile="ci")
    assert outcome(finished, Outcome.PASS) == JUDGED
    assert not failed(finished)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_deployment_fails_by_the_statement_that_it_breaks(organization: Organization, name: str) -> None:
    rule, statement = BROKEN[name]
    assert failed(organization.judge("connect", rule)) == {statement}


def test_an_expired_session_that_still_works_is_caught(organization: Organization) -> None:
    sessions = Sessions(fresh=organization.session, expired=organization.session())
    finished = organization.judge("connect", sessions=sessions)
    assert failed(finished) == {"connect.expired-session"}


def test_without_writing_what_listing_shows_is_judged_and_the_session_kept(organization: Organization) -> None:
    session = organization.session()
    given = iter([session])
    sessions = Sessions(fresh=lambda: next(given, None))
    finished = organization.judge("connect", sessions=sessions, access=Access.PASSIVE)
    kept = {"connect.kept-until-finalized", "connect.no-key", "connect.unknown-session"}
    assert outcome(finished, Outcome.PASS) == {"connect.pages-fields", "connect.several-pages", *kept}
    assert session.value in {each["session_token"] for each in organization.levers.list_sessions()}


def test_two_sessions_are_enough(organization: Organization) -> None:
    given = iter([organization.session(), organization.session()])
    sessions = Sessions(fresh=lambda: next(given, None), expired=organization.session(expires_in=0))
    assert outcome(organization.judge("connect", sessions=sessions), Outcome.PASS) == JUDGED


def test_two_pages_are_enough(organization: Organization) -> None:
    sessions = Sessions(fresh=lambda: organization.session(pages=2), expired=organization.session(expires_in=0))
    assert outcome(organization.judge("connect", sessions=sessions), Outcome.PASS) == JUDGED


def test_sessions_that_were_used_up_before_accuse_nobody(organization: Organization) -> None:
    stale = iter([organization.session(expires_in=0) for _ in range(2)])
    finished = organization.judge("connect", sessions=Sessions(fresh=lambda: next(stale, None)))
    assert not failed(finished)
    assert "connect.once" in outcome(finished, Outcome.BLOCKED)
