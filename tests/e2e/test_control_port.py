"""`--control-port`: the levers at a port of their own on 127.0.0.1, and nothing else there."""

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
from playwright.sync_api import expect
from tests.e2e.browser import Browser, Visit
from tests.e2e.calls import Answer, Caller
from tests.e2e.conftest import Start
from tests.e2e.mock_process import ROOT, MockProcess, command, until

from postfuze_mock.client import Mock

PROMPTLY = 3.0  # seconds
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@dataclass(frozen=True)
class Pair:
    """A mock with two listeners; `control` is where its levers are."""

    mock: MockProcess
    control: str

    def caller(self, url: str, key: str | None = "sk_test_acme") -> Caller:
        self.mock.callers.append(Caller(url, key))
        return self.mock.callers[-1]

    @property
    def api(self) -> Caller:
        return self.caller(self.mock.url)

    @property
    def levers(self) -> Caller:
        return self.caller(self.control)


def pair(mock: MockProcess) -> Pair:
    told = re.search(r"Console +(http://127\.0\.0\.1:[1-9][0-9]*)/_mock", mock.stderr)
    assert told is not None, mock.stderr
    return Pair(mock, told[1])


@pytest.fixture
def both(start: Start) -> Pair:
    return pair(start("--control-port", "0"))


def elsewhere(answer: Answer) -> str:
    """What a call at the wrong port is told."""
    assert (answer.status, answer.json["code"]) == (404, "served_elsewhere")
    detail: str = answer.json["detail"]
    return detail


def test_levers_work_at_their_own_port(both: Pair) -> None:
    id = both.api.get("/social-accounts").json["data"][0]["id"]

    Mock(both.control, "sk_test_acme").patch_account(id, username="changed")

    assert both.api.get(f"/social-accounts/{id}").json["username"] == "changed"


def test_levers_are_not_at_the_port_of_the_api_which_says_where_they_are(both: Pair) -> None:
    assert f"{both.control} " in elsewhere(both.api.call("POST", "/_mock/reset"))


def test_api_is_not_at_the_port_of_the_levers_which_says_where_it_is(both: Pair) -> None:
    for path in ("/api/v1/social-accounts", "/openapi.json", "/connect/x"):
        assert f"{both.mock.url} " in elsewhere(both.levers.call("GET", path))


def test_health_of_the_mock_is_at_both(both: Pair) -> None:
    assert [each.call("GET", "/_mock/health").status for each in (both.api, both.levers)] == [200, 200]


def test_ready_line_names_the_api_alone(both: Pair) -> None:
    assert both.mock.stdout == f"postfuze-mock ready at {both.mock.url}\n"
    assert both.control != both.mock.url


@pytest.mark.parametrize("path", ["/docs/control", "/_mock/clock?a=b"])
def test_browser_is_sent_to_the_port_of_the_levers(both: Pair, path: str) -> None:
    answer = both.api.call("GET", path, **BROWSER)

    assert (answer.status, answer.headers["location"]) == (307, f"{both.control}{path}")


def test_browser_is_sent_to_the_port_of_the_api(both: Pair) -> None:
    answer = both.levers.call("GET", "/docs", **BROWSER)

    assert (answer.status, answer.headers["location"]) == (307, f"{both.mock.url}/docs")


def test_levers_at_their_own_port_are_kept_from_pages_too(both: Pair) -> None:
    answers = [
        both.levers.call("POST", "/_mock/reset", Origin=both.mock.url),
        both.levers.call("POST", "/_mock/reset", Host="evil.test"),
        both.levers.call("GET", "/_mock/clock", Origin=both.control),
    ]

    assert [answer.status for answer in answers] == [403, 421, 200]


def test_control_port_opens_the_levers_to_this_machine_alone(start: Start) -> None:
    exposed = pair(start("--host", "0.0.0.0", "--control", "--control-port", "0"))

    assert exposed.levers.call("POST", "/_mock/reset").status == 204
    assert exposed.api.call("POST", "/_mock/reset").status == 404
    assert "127.0.0.1" in exposed.control


def test_other_machines_are_not_told_where_the_levers_are(start: Start) -> None:
    address = own_address()
    exposed = pair(start("--host", "0.0.0.0", "--control-port", "0"))
    outside = exposed.caller(f"http://{address}:{urlsplit(exposed.mock.url).port}")

    assert elsewhere(outside.call("POST", "/_mock/reset")) == "This port does not serve the levers."
    assert outside.call("GET", "/docs/control", **BROWSER).status == 404


def own_address() -> str:
    """An address of this machine that is not loopback; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no address but loopback")
        return str(asked.getsockname()[0])


def test_token_is_asked_for_at_the_control_port_too(start: Start) -> None:
    guarded = pair(start("--control-port", "0", env={"POSTFUZE_CONTROL_TOKEN": "s3cret"}))

    assert guarded.levers.call("POST", "/_mock/reset").status == 401
    assert guarded.levers.call("POST", "/_mock/reset", **{"X-Mock-Control-Token": "s3cret"}).status == 204
    assert "s3cret" not in guarded.mock.stderr


def test_no_control_opens_no_second_port(start: Start) -> None:
    mock = start("--no-control", "--control-port", "0")

    assert mock.caller(None).call("GET", "/_mock/clock").status == 403
    assert "--no-control" in mock.stderr


def test_json_log_names_the_control_port(start: Start) -> None:
    mock = start("--control-port", "0", "--log-format", "json")
    told = re.search(r"Levers: (http://127\.0\.0\.1:[0-9]+)/_mock", mock.stderr)

    assert told is not None
    assert Pair(mock, told[1]).levers.call("GET", "/_mock/clock").status == 200


def test_busy_control_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = command("serve", "--port", "0", "--control-port", str(port), cwd=tmp_path)

    assert done.returncode == 1
    assert done.stdout == b""
    (sentence,) = done.stderr.decode().splitlines()
    assert sentence.startswith(f"postfuze-mock: cannot listen on 127.0.0.1:{port}")
    assert "--control-port" in sentence


def test_two_flags_cannot_name_one_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
    done = command("serve", "--port", port, "--control-port", port, cwd=tmp_path)

    assert done.returncode == 1
    assert len(done.stderr.decode().splitlines()) == 1


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_both_listeners_promptly_though_connections_are_kept_open(
    both: Pair, ending: signal.Signals
) -> None:
    kept = [both.api, both.levers]
    assert [each.call("GET", "/_mock/health").status for each in kept] == [200, 200]
    silent = [
        socket.create_connection((urlsplit(url).hostname, urlsplit(url).port)) for url in (both.mock.url, both.control)
    ]
    before = time.monotonic()

    assert both.mock.send(ending) == 0
    assert time.monotonic() - before < PROMPTLY
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
    assert both.levers.call("POST", "/_mock/reset").status == 204
    elsewhere(both.api.call("POST", "/_mock/reset"))


def test_reference_of_the_levers_is_reached_from_that_of_the_api_and_works(browser: Browser, both: Pair) -> None:
    with browser.page() as page:
        visit = Visit(page, both.mock.url)
        visit.go("/docs")
        page.get_by_role("link", name="Levers").click()
        page.wait_for_url(f"{both.control}/docs/control")

        block = page.locator("[id$='-getClock']")
        block.locator(".opblock-summary-control").click()
        block.locator("button.execute").click()
        status = block.locator(".live-responses-table tbody .response-col_status").first
        expect(status).to_contain_text("200")

        page.get_by_role("link", name="Operations").click()
        page.wait_for_url(lambda url: url.startswith(f"{both.mock.url}/docs"), wait_until="commit")
        assert visit.complaints == []


def test_console_works_at_the_port_of_the_levers_with_all_that_it_asks_of_the_api(browser: Browser, both: Pair) -> None:
    with browser.page() as page:
        visit = Visit(page, both.control)
        visit.go("/#sessions")
        page.wait_for_url(f"{both.control}/_mock/#sessions")
        page.get_by_role("button", name="Get an auth URL").click()

        link = page.get_by_role("link", name="Open the connect page")
        assert str(link.get_attribute("href")).startswith(f"{both.mock.url}/connect/")
        assert visit.complaints == []


def test_reference_of_the_levers_has_a_field_for_the_token(browser: Browser, start: Start) -> None:
    guarded = pair(start("--control-port", "0", env={"POSTFUZE_CONTROL_TOKEN": "s3cret"}))
    with browser.page() as page:
        visit = Visit(page, guarded.control)
        visit.go("/docs/control")
        page.locator("button.authorize").first.click()
        dialog = page.locator(".auth-container", has_text="X-Mock-Control-Token")
        dialog.locator("input").fill("s3cret")
        dialog.locator("button.authorize").click()
        page.locator("button.btn-done").first.click()

        block = page.locator("[id$='-getClock']")
        block.locator(".opblock-summary-control").click()
        block.locator("button.execute").click()
        status = block.locator(".live-responses-table tbody .response-col_status").first
        expect(status).to_contain_text("200")
        assert visit.complaints == []
