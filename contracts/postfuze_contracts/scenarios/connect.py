"""Completing the connect flow: the pages that a session offers, and the accounts that selected ones become.

Checks that leave a session as it was put it back: one fresh session serves them all, the race takes a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from postfuze_contracts import needs, survey
from postfuze_contracts.connecting import (
    Page,
    accounts_of,
    ask,
    finalize,
    first_listing,
    is_page,
    listed,
    pages_of,
    pending,
    refused,
)
from postfuze_contracts.exchange import Exchange
from postfuze_contracts.options import Access, Secret
from postfuze_contracts.scenario import Blocked, Judge, describe, scenario
from postfuze_contracts.target import FINALIZE, MISSING_SESSION, PENDING, Target
from postfuze_mock import spec

UNKNOWN_PAGE = "no-such-page-00000000c0de"
CALLERS = 4  # that race for a session


@scenario("connect.unknown-session", "connect.no-key")
def an_unknown_session(target: Target, judge: Judge) -> None:
    """List the pages of a session that does not exist, and finalize it."""
    for operation, body in ((PENDING, None), (FINALIZE, {"selectedPageIds": [UNKNOWN_PAGE]})):
        answer = ask(target, judge, operation, MISSING_SESSION, body)
        judge.expect("connect.unknown-session", answer.status == 404, "404 for a session that does not exist", answer)


@scenario("connect.expired-session", "connect.no-key")
def an_expired_session(target: Target, judge: Judge) -> None:
    """List the pages of a session that has expired; with full access, finalize it too."""
    session = target.options.sessions.expired
    if session is None:
        raise Blocked(needs.EXPIRED_SESSION)
    answer = ask(target, judge, PENDING, session.value)
    judge.expect("connect.expired-session", answer.status == 404, "404 for an expired session", answer)
    if target.options.access >= Access.FULL and answer.status >= 400:  # one that is listed would be used up
        target.own(session=session.value)
        answer = ask(target, judge, FINALIZE, session.value, {"selectedPageIds": [UNKNOWN_PAGE]})
        gone = answer.status in (404, 410)  # the document speaks of listing only
        judge.expect("connect.expired-session", gone, "404 for finalizing an expired session", answer)


@scenario("connect.pages-fields", "connect.several-pages", "connect.kept-until-finalized", "connect.no-key")
def the_pages_of_a_session(target: Target, judge: Judge) -> None:
    """List the pages of a fresh session without a key, twice."""
    session, first = first_listing(target, judge)
    if not judge.expect("connect.pages-fields", first.status == 200, "200 with the session's pages", first):
        raise Blocked(needs.unexpected(f"listing the pages of a fresh session answered {first.status}"))
    flaw = _flaw_of_pages(first)
    judge.expect("connect.pages-fields", flaw is None, "`network`, and pages with all fields", first, got=flaw)
    ids = [page["id"] for page in pages_of(first)]
    several = len(ids) > 1 and len(set(ids)) == len(ids)
    judge.expect("connect.several-pages", several, "several pages, all different", first, got=f"{len(ids)} pages")
    if _still_pending(target, judge, session, first):
        target.put_back(session)


@scenario("connect.at-least-one", "connect.kept-until-finalized", "connect.no-key", access=Access.FULL)
def finalizing_without_a_page(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with an empty list of pages, without the member, and without a body."""
    session, first = pending(target, judge)
    bodies: tuple[dict[str, list[str]] | None, ...] = ({"selectedPageIds": []}, {}, None)
    for body in bodies:
        answer = ask(target, judge, FINALIZE, session.value, body)
        sent = "no body" if body is None else str(body)
        if not judge.expect(
            "connect.at-least-one", refused(answer), f"a refusal of {sent}: it selects nothing", answer
        ):
            return
        if answer.status in (400, 422):
            judge.observe("errors.validation-status", str(answer.status), answer)
        if not _still_pending(target, judge, session, first, answer):
            return
    target.put_back(session)


@scenario("connect.unknown-page", "connect.kept-until-finalized", "connect.no-key", access=Access.FULL)
def a_page_that_is_not_offered(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with one of its pages and one that it does not offer."""
    session, first = pending(target, judge)
    known, before = pages_of(first)[-1], {account["id"] for account in listed(target)}
    for ids in ([known["id"], UNKNOWN_PAGE], [UNKNOWN_PAGE, known["id"]]):
        answer = ask(target, judge, FINALIZE, session.value, {"selectedPageIds": ids})
        if not judge.expect("connect.unknown-page", refused(answer), "a refusal: one page is not offered", answer):
            return
        judge.observe("finalize.unknown-page", str(answer.status), answer)
        made = [each["id"] for each in listed(target) if each["id"] not in before and is_page(each, known)]
        said = f"{describe(answer)}, and a new account {', '.join(made)}"
        judge.expect("connect.unknown-page", not made, "nothing connected by a refused request", answer, got=said)
        if not _still_pending(target, judge, session, first, answer):
            return
    target.put_back(session)


@scenario(
    *("connect.exactly-selected", "connect.finalize-fields", "connect.shown-after", "connect.once", "connect.no-key"),
    access=Access.FULL,
    writes="connects some pages of a fresh session",
)
def some_of_the_pages(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with some of its pages, look at the accounts, then try to use it again."""
    session, first = pending(target, judge)
    offered, before = pages_of(first), {account["id"] for account in listed(target)}
    selected = offered[1:3] or offered
    answer = finalize(target, judge, session, selected)
    _unless_they_stand(target, judge, session, answer, selected)
    if not judge.expect("connect.exactly-selected", answer.status == 200, "200: the pages are offered", answer):
        return
    _expect_fields(judge, first, answer)
    _expect_shown(target, judge, answer)
    _expect_exactly(target, judge, answer, offered, selected, before)
    _observe(judge, answer, selected, before)
    _expect_used_up(target, judge, session, answer, offered)


@scenario(
    "connect.once", "connect.exactly-selected", access=Access.FULL, writes="connects all pages of a fresh session"
)
def a_race_for_a_session(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with all of its pages, from several callers at once."""
    session, first = pending(target)
    offered, before = pages_of(first), {account["id"] for account in listed(target)}
    callers = max(2, min(CALLERS, target.options.connections))
    start = Barrier(callers)

    def race(_: int) -> Exchange:
        start.wait()
        return finalize(target, None, session, offered)

    with ThreadPoolExecutor(callers) as pool:
        list(pool.map(lambda _: ask(target, None, PENDING, session.value), range(callers)))  # opens the connections
        answers = list(pool.map(race, range(callers)))
    won = [answer for answer in answers if answer.status < 300]
    if not won:
        _unless_they_stand(target, judge, session, answers[0], offered)
    statuses = ", ".join(str(answer.status) for answer in answers)
    one = len(won) == 1
    judge.expect("connect.once", one, "success for one of the callers", *(won or answers), got=f"statuses {statuses}")
    if one:
        _expect_exactly(target, judge, won[0], offered, offered, before)


@scenario("connect.exactly-selected", access=Access.FULL, writes="connects one page of a fresh session")
def a_page_named_twice(target: Target, judge: Judge) -> None:
    """Finalize a fresh session with one of its pages, named twice; not in a quick run."""
    if target.options.profile == "quick":
        return
    session, first = pending(target)
    page, before = pages_of(first)[0], {account["id"] for account in listed(target)}
    answer = finalize(target, None, session, [page, page])
    made = accounts_of(answer)
    if len(made) == 1:
        judge.observe("finalize.duplicate-page", "connects-once", answer)
        _expect_exactly(target, judge, answer, pages_of(first), [page], before)
    else:
        judge.observe("finalize.duplicate-page", f"{len(made)} accounts" if made else "refused", answer)
        if ask(target, None, PENDING, session.value).status == 200:
            target.put_back(session)


def _flaw_of_pages(answer: Exchange) -> str | None:
    """What is wrong with a listing's members, None where nothing is."""
    network, pages = answer.member("network"), answer.member("availablePages")
    if network not in spec.load()["components"]["schemas"]["Platform"]["enum"]:
        return f"network {network!r}"
    if not isinstance(pages, list):
        return f"availablePages {type(pages).__name__}"
    for number, page in enumerate(pages):
        if not isinstance(page, dict) or not isinstance(page.get("id"), str):
            return f"page {number} without a string `id`"
        for name in ("type", "name", "username", "profilePictureUrl"):
            if name not in page or not isinstance(page[name], str | None):
                return f"page {number}: {name} {'missing' if name not in page else type(page[name]).__name__}"
    return None


def _still_pending(target: Target, judge: Judge, session: Secret, first: Exchange, *after: Exchange) -> bool:
    """Judge that the session offers what it did at `first`."""
    again = ask(target, judge, PENDING, session.value)
    same = again.status == 200 and {p["id"] for p in pages_of(again)} == {p["id"] for p in pages_of(first)}
    what = "a refused request" if after else "listing them"
    return judge.expect("connect.kept-until-finalized", same, f"the same pages after {what}", first, *after, again)


def _unless_they_stand(
    target: Target, judge: Judge, session: Secret, answer: Exchange, selected: Sequence[Page]
) -> None:
    """Stop where the pages are refused because the organization has them already, for that is left open, and where
    listing them has ended the session, which is another statement's."""
    if answer.status == 404 and ask(target, None, PENDING, session.value).status == 404:
        raise Blocked(needs.unexpected("a session that had just been listed was gone"))
    stand = [page for page in selected if any(is_page(account, page) for account in listed(target))]
    if answer.status == 409 and stand:
        judge.observe("finalize.standing-account", "refused", answer)
        target.put_back(session)
        raise Blocked(needs.unexpected("the pages that the session offers are connected already"))


def _expect_fields(judge: Judge, first: Exchange, answer: Exchange) -> None:
    network, flaw = first.member("network"), None
    accounts = answer.member("connectedAccounts")
    for account in accounts if isinstance(accounts, list) else [None]:
        if not isinstance(account, dict) or not isinstance(account.get("id"), str):
            flaw = "no list of accounts with an `id`"
            break
        names = ("nickname", "username", "accountType")
        flaw = flaw or next((f"{n} missing" for n in names if n not in account), None)
        flaw = flaw or next((f"{n} is no string" for n in names if not isinstance(account[n], str | None)), None)
        flaw = flaw or (f"network {account.get('network')!r}" if account.get("network") != network else None)
    said = f"accounts with all fields, of network {network}"
    judge.expect("connect.finalize-fields", flaw is None, said, first, answer, got=flaw)


def _expect_shown(target: Target, judge: Judge, answer: Exchange) -> None:
    """Judge that list and get show what finalizing returned."""
    pages = survey.walk(target, {"limit": "100"}, pages=3)
    newest = {row["id"]: row for row in survey.rows(*pages)}
    for account in accounts_of(answer):
        got = target.call("getSocialAccount", path={"id": account["id"]})
        shown = got.status == 200 and not _differences(account, got.json)
        said = f"`{account['id']}` as it was returned"
        text = describe(got) if got.status != 200 else _differences(account, got.json)
        judge.expect("connect.shown-after", shown, f"get to show {said}", answer, got, got=text)
        row, page = newest.get(account["id"]), pages[-1]
        if row is None and page.member("next_cursor") is not None and got.status == 200:
            continue  # connected long ago, and anew now: beyond what was looked at
        text = "it is not listed" if row is None else _differences(account, row)
        judge.expect("connect.shown-after", not text, f"the list to show {said}", answer, page, got=text)


def _differences(account: survey.Account, shown: object) -> str:
    """Where a view of the account differs from what finalizing returned; empty where it does not."""
    if not isinstance(shown, dict):
        return "no object"
    pairs = (("id", "id"), ("network", "platform"), ("username", "username"), ("accountType", "account_type"))
    differing = [name for mine, name in pairs if mine in account and account[mine] != shown.get(name)]
    return f"another {', '.join(differing)}" if differing else ""


def _expect_exactly(
    target: Target, judge: Judge, answer: Exchange, offered: list[Page], selected: list[Page], before: set[str]
) -> None:
    """Judge that the selected pages, and no others, became one account each."""
    made, now = accounts_of(answer), listed(target)
    shown = {row["id"]: row for row in now}
    left_out = [page for page in offered if page not in selected]
    views = [{**account, **shown.get(account["id"], {})} for account in made]
    ids = {account["id"] for account in made}
    flaw = f"{len(ids)} accounts" if not len(made) == len(ids) == len(selected) else None
    for page in selected:
        if flaw is None and not any(is_page(view, page) for view in views):
            flaw = f"no account for page {page['id']}"
    counts = Counter(page["id"] for page in offered for row in now if row.get("network_unique_id") == page["id"])
    for page in left_out:
        others = [row for row in now if row["id"] not in before and not any(is_page(row, each) for each in selected)]
        if any(is_page(row, page) for row in others):
            flaw = flaw or f"an account for page {page['id']}, which was not selected"
    flaw = flaw or next((f"{count} accounts of page {id}" for id, count in counts.items() if count > 1), None)
    flaw = flaw or next((f"`{row['id']}` is disabled" for row in views if row.get("status") == "disabled"), None)
    said = f"one account for each of the {len(selected)} selected pages of {len(offered)}, and no other"
    judge.expect("connect.exactly-selected", flaw is None, said, answer, got=flaw)


def _observe(judge: Judge, answer: Exchange, selected: list[Page], before: set[str]) -> None:
    for account in accounts_of(answer):
        if account["id"] in before:
            judge.observe("finalize.standing-account", "reconnects", answer)
        for page in selected:
            if page.get("username") != page.get("name") and page.get("username") == account.get("username"):
                known = {page.get("username"): "username", page.get("name"): "name"}
                judge.observe("finalize.nickname", known.get(account.get("nickname"), "something else"), answer)


def _expect_used_up(target: Target, judge: Judge, session: Secret, answer: Exchange, offered: list[Page]) -> None:
    """Judge that the session is gone: its pages, and finalizing it with the first page, which was not selected."""
    pages = ask(target, judge, PENDING, session.value)
    judge.expect("connect.once", pages.status == 404, "404: the session was finalized", answer, pages)
    again = finalize(target, None, session, offered[:1])
    judge.expect("connect.once", refused(again), "a refusal: the session was finalized", answer, again)
