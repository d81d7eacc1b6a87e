"""The console in a browser, with clients that show its effects."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, ViewportSize, expect
from tests.e2e.browser import DESKTOP, Browser, Scheme, Visit
from tests.support.calls import Caller
from tests.support.servers import RunningMock

from postfuze_mock.client import Mock

PATH = "/_mock/"


@dataclass
class Console:
    """The console in a browser, on the world of `key`. `world` calls that world's control API, `api` calls the API."""

    visit: Visit
    world: Mock
    api: Caller
    key: str

    @property
    def page(self) -> Page:
        return self.visit.page

    def open(self, panel: str = "accounts") -> Locator:
        """Go to a panel, or deeper (`accounts/ID`): the panel."""
        self.visit.go(f"{PATH}#{panel}")
        expect(self.page.locator("#connection")).to_have_text("Live")
        return self.panel

    @property
    def panel(self) -> Locator:
        """The visible panel."""
        return self.page.locator("main section:visible")

    @property
    def rows(self) -> Locator:
        """The rows of the visible panel's list."""
        return self.panel.locator(".rows > li")

    def button(self, name: str) -> Locator:
        """A button of the visible panel, or of the dialog over it."""
        return self.page.locator("main section:visible, dialog").get_by_role("button", name=name, exact=True)

    def field(self, label: str) -> Locator:
        return self.page.locator("main section:visible, dialog").get_by_label(label, exact=True)

    @property
    def switch(self) -> Locator:
        """The button that names the world, and opens the choice of another."""
        return self.page.locator("#choose-world")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def undo(self) -> Locator:
        """The button of the footer that undoes the last action."""
        return self.page.locator("#undo")

    def open_link(self, panel: str) -> None:
        """Go to a panel by its link, without loading the page again."""
        self.page.get_by_role("navigation", name="Panels").get_by_role("link", name=panel).click()

    def unfold(self) -> None:
        """Open every row of the panel that opens, once the panel has content."""
        expect(self.panel.locator(".rows > li, .empty, tbody tr, .card").locator("visible=true").first).to_be_visible()
        for button in self.panel.locator(".rows button[aria-expanded]").all():
            button.click()

    def expect_outcome(self, text: str) -> None:
        """Wait until the footer says so."""
        expect(self.page.locator("#outcome")).to_contain_text(text)

    @property
    def curl(self) -> str:
        """The curl command of the last action."""
        self.page.locator("#sent > summary").click()
        command = self.page.get_by_role("group", name="Curl of the last action").inner_text()
        self.page.locator("#sent > summary").click()
        return command

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """No response reaches the page, as if the server were away."""
        self.page.route("**", lambda route: route.abort())
        yield
        self.page.evaluate("fetch('/').catch(() => null)")  # when this has failed, so have all earlier requests
        self.page.unroute("**")


def shell(curl: str, **environment: str) -> tuple[int, Any]:
    """Run a curl command as the console shows it: the status and the JSON of its response (None if it is empty)."""
    command = f"{curl} --silent --show-error --write-out '\\n%{{http_code}}'"
    env = {"PATH": "/usr/bin:/bin:/usr/local/bin", **environment}
    process = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True, env=env)
    body, _, status = process.stdout.rpartition("\n")
    return int(status), json.loads(body) if body else None


@contextmanager
def open_console(
    browser: Browser,
    mock: RunningMock,
    name: str,
    *,
    size: ViewportSize = DESKTOP,
    scheme: Scheme = "light",
    token: str | None = None,
) -> Iterator[Console]:
    """The console in a new page, on the world `name` of `mock`."""
    key = f"sk_test_{name}"
    with browser.page(size, scheme) as page, closing(Mock(mock.url, key, token)) as world:
        page.add_init_script(f"sessionStorage.getItem('key') ?? sessionStorage.setItem('key', '{key}')")
        yield Console(Visit(page, mock.url), world, mock.caller(key), key)
