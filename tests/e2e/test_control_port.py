"""`--control-port`, as a process and in a browser."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.browser import Browser, Visit
from tests.e2e.conftest import Start
from tests.support.calls import Caller
from tests.support.processes import ROOT, MockProcess
from tests.support.times import seconds, until

PROMPTLY = 3.0  # seconds
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@dataclass(frozen=True)
class Pair:
    """A mock with two listeners; `control` is the port of its control API."""

    mock: MockProcess
    control_url: str

    def caller(self, url: str, key: str | None = "sk_test_acme") -> Caller:
        return self.mock.caller(key, url)

    @property
    def api(self) -> Caller:
        return self.caller(self.mock.url)

    @property
    def control(self) -> Caller:
        return self.caller(self.control_url)


def pair(mock: MockProcess) -> Pair:
    match = re.search(r"Console +(http://127\.0\.0\.1:[1-9][0-9]*)/_mock", mock.stderr)
    assert match is not None, mock.stderr
    return Pair(mock, match[1])


@pytest.fixture
def both(start: Start) -> Pair:
    return pair(start("--control-port", "0"))


def test_ready_line_names_the_api_alone(both: Pair) -> None:
    assert both.mock.stdout == f"postfuze-mock ready at {both.mock.url}\n"
    assert both.control_url != both.mock.url


def test_json_log_names_the_control_port(start: Start) -> None:
    mock = start("--control-port", "0", "--log-format", "json")
    match = re.search(r"Control API: (http://127\.0\.0\.1:[0-9]+)/_mock", mock.stderr)

    assert match is not None
    assert Pair(mock, match[1]).control.call("GET", "/_mock/clock").status == 200


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_signal_promptly_ends_both_listeners_despite_open_connections(both: Pair, ending: signal.Signals) -> None:
    callers = [both.api, both.control]
    assert [each.call("GET", "/_mock/health").status for each in callers] == [200, 200]
    silent = [
        socket.create_connection((urlsplit(url).hostname, urlsplit(url).port))
        for url in (both.mock.url, both.control_url)
    ]
    before = time.monotonic()

    assert both.mock.send(ending) == 0
    assert time.monotonic() - before < seconds(PROMPTLY)
    assert "Traceback" not in both.mock.stderr
    for connection in silent:
        connection.close()


def test_reload_keeps_both_listeners(start: Start, tmp_path: Path) -> None:
    root = tmp_path / "checkout"
    for name in ("mockserver", "fixtures"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "openapi.yaml", root)
    both = pair(start("--reload", "--control-port", "0", root=root))
    text = (root / "openapi.yaml").read_text(encoding="utf-8")

    (root / "openapi.yaml").write_text(text.replace("default: 25}", "default: 7}"), encoding="utf-8")

    until(lambda: len(both.api.get("/social-accounts").json["data"]) == 7, "pages of the new default size")
    assert both.control.call("POST", "/_mock/reset").status == 204
    assert both.api.call("POST", "/_mock/reset").json["code"] == "served_elsewhere"


def send(page: Page, operation: str) -> None:
    """Send a call of `operation` from the reference; it succeeds."""
    form = page.get_by_role("form", name=f"Send a call of {operation}")
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_role("status")).to_contain_text("200")


def test_control_reference_is_linked_from_the_api_reference_and_works(browser: Browser, both: Pair) -> None:
    with browser.page() as page:
        visit = Visit(page, both.mock.url)
        visit.go("/docs")
        page.get_by_role("link", name="Control API").click()
        page.wait_for_url(f"{both.control_url}/docs/control")

        send(page, "getClock")
        page.get_by_role("link", name="API", exact=True).click()
        page.wait_for_url(lambda url: url.startswith(f"{both.mock.url}/docs"), wait_until="commit")
        assert visit.complaints == []


def test_console_at_the_control_port_works_including_its_api_calls(browser: Browser, both: Pair) -> None:
    with browser.page() as page:
        visit = Visit(page, both.control_url)
        visit.go("/#sessions")
        page.wait_for_url(f"{both.control_url}/_mock/#sessions")
        page.get_by_role("button", name="Get an auth URL").click()

        link = page.get_by_role("link", name="Open the connect page")
        assert str(link.get_attribute("href")).startswith(f"{both.mock.url}/connect/")
        assert visit.complaints == []


def test_control_reference_has_a_field_for_the_token(browser: Browser, start: Start) -> None:
    guarded = pair(start("--control-port", "0", env={"POSTFUZE_MOCK_CONTROL_TOKEN": "s3cret"}))
    with browser.page() as page:
        visit = Visit(page, guarded.control_url)
        visit.go("/docs/control")
        form = page.get_by_role("form", name="Send a call of getClock")
        form.get_by_label("Control token").fill("s3cret")
        send(page, "getClock")
        assert visit.complaints == []
