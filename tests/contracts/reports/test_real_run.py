"""Reports of runs against the real mock, with checks of their own: two that hold, some that do not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.contracts.reports import sample
from tests.e2e.mock_process import MockProcess

from postfuze_contracts.engine.check import Check
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.survey import accounts, rows
from postfuze_contracts.model.events import Event, RunFinished
from postfuze_contracts.model.options import Access, Keys, Options, Secret, Sessions
from postfuze_contracts.reports import FORMATS
from postfuze_contracts.run import run
from postfuze_contracts.target.target import Target

KEY = "sk_test_reported"
PEOPLE = ("network_unique_id", "username", "display_name", "profile_image_url")


def everybody_listed(target: Target, judge: Judge) -> None:
    page = target.call("listSocialAccounts", query={"limit": "100"})
    judge.expect("list.envelope", page.status == 200, "200", page)
    judge.expect("list.limit-100", False, "no account", page, got=f"{rows(page)}")


def one_filtered(target: Target, judge: Judge) -> None:
    name = accounts(target)[0]["username"]
    page = target.call("listSocialAccounts", query={"username": name})
    judge.expect(
        "list.filter-username", False, f"nobody called {name}", page, got=f"{[r['username'] for r in rows(page)]}"
    )


def measured(target: Target, judge: Judge) -> None:
    value = target.call("getSocialAccountMetrics", path={"id": accounts(target)[0]["id"]})
    judge.expect("metrics.value-fields", False, "no raw", value, got=f"raw {value.member('raw')}")


def connected(target: Target, judge: Judge) -> None:
    session = target.options.sessions.fresh()
    assert session is not None
    target.own(session=session.value)
    listed = target.call("listPendingPages", path={"sessionToken": session.value}, key=None)
    pages = listed.member("availablePages")
    done = target.call(
        "finalizeConnection",
        path={"sessionToken": session.value},
        body={"selectedPageIds": [pages[0]["id"]]},
        key=None,
    )
    got = f"{pages[0]['id']} {pages[0]['name']} by {session.value}: {done.json}"
    judge.expect("connect.exactly-selected", False, "no page", listed, done, got=got)
    judge.observe("finalize.nickname", "username", done)


CHECKS = [
    Check(
        "list.everybody", "list", frozenset({"list.envelope", "list.limit-100"}), everybody_listed, Access(0), None, ""
    ),
    Check("list.filtered", "list", frozenset({"list.filter-username"}), one_filtered, Access(0), None, ""),
    Check("metrics.measured", "metrics", frozenset({"metrics.value-fields"}), measured, Access(0), None, ""),
    Check(
        "connect.one", "connect", frozenset({"connect.exactly-selected"}), connected, Access.FULL, "connects one", ""
    ),
]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    process = MockProcess("--clock", "2026-06-14T12:10:00.000Z,frozen", folder=tmp_path_factory.mktemp("mock"))
    yield process.url
    process.stop()


class Run:
    """A run and its reports."""

    def __init__(self, url: str, folder: Path) -> None:
        headers = {"Authorization": f"Bearer {KEY}"}
        httpx.post(f"{url}/_mock/reset", headers=headers).raise_for_status()
        minted = [
            httpx.post(f"{url}/_mock/sessions", json={"network": "facebook", "pages": 2}, headers=headers).json()
            for _ in range(3)
        ]
        self.tokens = [session["session_token"] for session in minted]
        self.pages = [
            page for session in minted for page in session["availablePages" if "availablePages" in session else "pages"]
        ]
        fresh = iter([Secret(token, "session") for token in self.tokens])
        listed = httpx.get(f"{url}/api/v1/social-accounts?limit=100", headers=headers).json()["data"]
        self.people = [account[name] for account in listed for name in PEOPLE if account[name]]
        self.people += [page[name] for page in self.pages for name in ("id", "name", "username") if page[name]]
        self.options = Options(
            f"{url}/api/v1",
            Keys(Secret(KEY, "key")),
            Sessions(fresh=lambda: next(fresh, None)),
            access=Access.FULL,
        )
        self.events: list[Event] = list(run(self.options, CHECKS))
        self.reports = sample.report(self.events, folder / "masked")
        self.open_reports = sample.report(self.events, folder / "open", show_bodies=True)


@pytest.fixture(scope="module")
def done(url: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(url, tmp_path_factory.mktemp("run"))


def stable(text: str) -> str:
    """A report without its times."""
    text = re.sub(r"\b[0-9.]+ s\b", "T s", text)
    times = r'"(finished_at|seconds)": [^,\n]+|time="[0-9.]+"|[a-z]{3}, \d\d [a-z]{3} .*? gmt'
    return re.sub(times, "T", text, flags=re.IGNORECASE)


def test_the_run_failed_where_it_should(done: Run) -> None:
    last = done.events[-1]
    assert isinstance(last, RunFinished)
    failed = {verdict.statement for verdict in last.verdicts if verdict.failures}
    assert failed == {statement for check in CHECKS for statement in check.statements} - {"list.envelope"}


@pytest.mark.parametrize("format", ["terminal", *FORMATS])
def test_nobody_is_named(format: str, done: Run) -> None:
    text = done.reports[format]
    named = {value for value in done.people if re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text)}
    assert named == set()


@pytest.mark.parametrize("format", ["terminal", *FORMATS])
def test_no_secret_shows_even_with_bodies(format: str, done: Run) -> None:
    for text in (done.reports[format], done.open_reports[format]):
        assert [secret for secret in (KEY, *done.tokens) if secret in text] == []


def test_with_bodies_people_are_named(done: Run) -> None:
    assert any(value in done.open_reports["json"] for value in done.people)


@pytest.mark.parametrize("format", ["terminal", *FORMATS])
def test_equal_runs_give_equal_reports_but_for_times(format: str, done: Run, url: str, tmp_path: Path) -> None:
    again = Run(url, tmp_path)
    assert stable(again.reports[format]) == stable(done.reports[format])


def test_a_recorded_request_goes_through_again(done: Run, url: str) -> None:
    report: Any = json.loads(done.open_reports["json"])
    found = next(each for each in report["statements"] if each["id"] == "list.filter-username")
    sent = found["failures"][0]["exchanges"][-1]["request"]
    assert sent["replayable"]
    answer = httpx.get(f"{url}/api/v1{sent['path']}", params=sent["query"], headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 200
