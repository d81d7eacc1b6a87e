"""The harness's page and the reference of a running mock: a failure leads to its statement."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect
from tests.contracts.reports import sample
from tests.e2e.browser import Browser, Visit
from tests.support.processes import MockProcess


def test_failure_leads_to_its_statement_in_the_reference(browser: Browser, mock: MockProcess, tmp_path: Path) -> None:
    report = tmp_path / "page.html"
    report.write_text(sample.report(sample.events(site=mock.url), tmp_path)["html"], encoding="utf-8")
    with browser.page() as page:
        visit = Visit(page, report.as_uri())
        visit.go("#list.envelope")
        page.locator("details[id='list.envelope']").get_by_role("link", name="In the reference").click()

        expect(page.locator("[id='statement/list.envelope']")).to_be_in_viewport()
        assert page.url == f"{mock.url}/docs#statement/list.envelope"
        assert visit.complaints == []


def test_open_question_leads_to_its_assumption(browser: Browser, mock: MockProcess, tmp_path: Path) -> None:
    report = tmp_path / "page.html"
    report.write_text(sample.report(sample.events(site=mock.url), tmp_path)["html"], encoding="utf-8")
    with browser.page() as page:
        page.goto(report.as_uri())
        page.get_by_role("link", name="limit.above-range", exact=True).click()

        expect(page.locator("[id='assumption/limit.above-range']")).to_be_in_viewport()
