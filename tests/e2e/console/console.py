"""The console as a person uses it, next to the levers that show what it did."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from playwright.sync_api import Locator, Page, ViewportSize, expect
from tests.e2e.browser import DESKTOP, Browser, Visit
from tests.e2e.calls import Caller
from tests.e2e.mock_process import MockProcess

from postfuze_mock.client import Mock

PATH = "/_mock/"


@dataclass
class Console:
    """The console in a browser, on the world of `key`. `world` pulls that world's levers, `api` calls the API."""

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
        """The panel that is shown."""
        return self.page.locator("main section:visible")

    def button(self, name: str) -> Locator:
        """A button of the panel that is shown, or of the dialog over it."""
        return self.page.locator("main section:visible, dialog").get_by_role("button", name=name, exact=True)

    def field(self, label: str) -> Locator:
        return self.page.locator("main section:visible, dialog").get_by_label(label, exact=True)

    @property
    def switch(self) -> Locator:
        """The button that names the world, and leads to others."""
        return self.page.locator("#choose-world")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def unfold(self) -> None:
        """Open every row of the panel, as soon as there is one, if it has any that open."""
        expect(self.panel.locator(".rows > li, .empty, tbody tr, .card").locator("visible=true").first).to_be_visible()
        for button in self.panel.locator(".rows button[aria-expanded]").all():
            button.click()

    def told(self, text: str) -> None:
        """Wait until the outcome says so."""
        expect(self.page.locator("#outcome")).to_contain_text(text)

    @property
    def curl(self) -> str:
        """What it says it has just sent."""
        self.page.locator("#sent > summary").click()
        shown = self.page.get_by_role("group", name="Curl of the last action").inner_text()
        self.page.locator("#sent > summary").click()
        return shown


def shell(curl: str, **environment: str) -> tuple[int, Any]:
    """Run a curl as it was shown: the status and the body of its answer (None: there was none)."""
    command = f"{curl} --silent --show-error --write-out '\\n%{{http_code}}'"
    env = {"PATH": "/usr/bin:/bin:/usr/local/bin", **environment}
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True, env=env)
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body) if body else None


@contextmanager
def console(
    browser: Browser,
    mock: MockProcess,
    name: str,
    *,
    size: ViewportSize = DESKTOP,
    scheme: Literal["light", "dark"] = "light",
    token: str | None = None,
) -> Iterator[Console]:
    """The console in a new browser, on the world `name` of `mock`."""
    key = f"sk_test_{name}"
    with browser.page(size, scheme) as page, closing(Mock(mock.url, key, token)) as world:
        page.add_init_script(f"sessionStorage.getItem('key') ?? sessionStorage.setItem('key', '{key}')")
        yield Console(Visit(page, mock.url), world, mock.caller(key), key)
