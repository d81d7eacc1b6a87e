"""Reports of runs against the real mock with custom checks: two that pass, some that fail."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from tests.contracts.family.mock import Deployment, Mock
from tests.contracts.reports import sample

from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.registry import Check
from postfuze_contracts.engine.survey import accounts, rows
from postfuze_contracts.model.events import Event, RunFinished
from postfuze_contracts.model.options import Access, Secret, Sessions
from postfuze_contracts.reports import FORMATS
from postfuze_contracts.run import run
from postfuze_contracts.target.target import Target

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
    pending = target.call("listPendingPages", path={"sessionToken": session.value}, key=None)
    pages = pending.member("availablePages")
    finalized = target.call(
        "finalizeConnection",
        path={"sessionToken": session.value},
        body={"selectedPageIds": [pages[0]["id"]]},
        key=None,
    )
    got = f"{pages[0]['id']} {pages[0]['name']} by {session.value}: {finalized.json}"
    judge.expect("connect.exactly-selected", False, "no page", pending, finalized, got=got)
    judge.observe("finalize.nickname", "username", finalized)


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


class Run:
    """A run against a fresh mock with a frozen clock, and its reports."""

    def __init__(self, folder: Path) -> None:
        mock = Mock()
        mock.settings = replace(mock.settings, clock="2026-06-14T12:10:00.000Z,frozen")
        with mock.served() as deployment:
            sessions = [deployment.control.create_session("facebook", 2) for _ in range(3)]
            self.tokens = [session["session_token"] for session in sessions]
            fresh = iter([Secret(token, "session") for token in self.tokens])
            accounts = [row["account"] for row in deployment.control.get_state()["accounts"]]
            self.people = [account[name] for account in accounts for name in PEOPLE if account[name]]
            pages = [page for session in sessions for page in session["pages"]]
            self.people += [page[name] for page in pages for name in ("id", "name", "username") if page[name]]
            options = replace(deployment.options(one_key=True), sessions=Sessions(fresh=lambda: next(fresh, None)))
            self.key = deployment.key().value
            self.events: list[Event] = list(run(options, CHECKS))
            self.reports = sample.report(self.events, folder / "masked")
            self.open_reports = sample.report(self.events, folder / "open", show_bodies=True)
            self.resent = self._resend_filtered(deployment)

    def _resend_filtered(self, deployment: Deployment) -> int:
        """The status of a request that the report recorded, sent once more."""
        statements = json.loads(self.open_reports["json"])["statements"]
        failures = next(each["failures"] for each in statements if each["id"] == "list.filter-username")
        request = failures[0]["exchanges"][-1]["request"]
        assert request["replayable"]
        url, headers = f"{deployment.url}{request['path']}", {"Authorization": f"Bearer {self.key}"}
        return httpx.get(url, params=request["query"], headers=headers).status_code


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(tmp_path_factory.mktemp("first"))


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(tmp_path_factory.mktemp("second"))


def stable(text: str) -> str:
    """A report without its times and without the mock's port."""
    text = re.sub(r"\b[0-9.]+ s\b", "T s", re.sub(r"127\.0\.0\.1:\d+", "HOST", text))
    times = r'"(finished_at|seconds)": [^,\n]+|time="[0-9.]+"|[a-z]{3}, \d\d [a-z]{3} .*? gmt'
    return re.sub(times, "T", text, flags=re.IGNORECASE)


def test_run_fails_the_broken_checks(first: Run) -> None:
    finished = first.events[-1]
    assert isinstance(finished, RunFinished)
    failed = {verdict.statement for verdict in finished.verdicts if verdict.failures}
    assert failed == {statement for check in CHECKS for statement in check.statements} - {"list.envelope"}


@pytest.mark.parametrize("format", ["terminal", *FORMATS])
def test_report_names_no_person(format: str, first: Run) -> None:
    text = first.reports[format]
    names = re.compile("|".join(rf"(?<!\w){re.escape(value)}(?!\w)" for value in set(first.people)))
    assert set(names.findall(text)) == set()


@pytest.mark.parametrize("format", ["terminal", *FORMATS])
def test_no_secret_is_shown_even_with_bodies(format: str, first: Run) -> None:
    for text in (first.reports[format], first.open_reports[format]):
        assert [secret for secret in (first.key, *first.tokens) if secret in text] == []


def test_report_with_bodies_names_people(first: Run) -> None:
    assert any(value in first.open_reports["json"] for value in first.people)


@pytest.mark.parametrize("format", ["terminal", *FORMATS])
def test_reports_of_equal_runs_differ_only_in_times(format: str, first: Run, second: Run) -> None:
    assert stable(second.reports[format]) == stable(first.reports[format])


def test_a_recorded_request_can_be_sent_again(first: Run) -> None:
    assert first.resent == 200
