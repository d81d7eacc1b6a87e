"""A real browser without a network, and axe-core to check accessibility."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Request, ViewportSize, expect, sync_playwright
from tests.support.installed import printed

DESKTOP: Final[ViewportSize] = {"width": 1280, "height": 900}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
Scheme = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")
PATIENCE: Final = 20_000  # milliseconds
REBOUND: Final = "evil.test"

# Only the page itself may send requests; host names of other machines do not resolve.
ARGUMENTS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # One foreign name points to this machine (DNS rebinding).
    f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


class Browser:
    """Chromium; each page has its own browser context."""

    def __init__(self, chromium: Chromium) -> None:
        self.chromium = chromium
        self.loop = asyncio.get_running_loop()  # Playwright's own

    @contextmanager
    def page(self, size: ViewportSize = DESKTOP, scheme: Scheme = "light", *, scripts: bool = True) -> Iterator[Page]:
        """An empty page for a new visitor who prefers the colour `scheme`, and whose browser runs `scripts` or not;
        closed at the end."""
        with (
            _running(self.loop),
            self.chromium.new_context(viewport=size, color_scheme=scheme, java_script_enabled=scripts) as context,
        ):
            context.set_default_timeout(PATIENCE)
            yield context.new_page()


@dataclass
class Visit:
    """A page of the server at `url`, with its requests and errors."""

    page: Page
    url: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", self._note_failure)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None,
        )

    def _note_failure(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # left by the page itself, as when it is loaded again
            self.complaints.append(f"failed: {request.url}: {request.failure}")

    def go(self, path: str) -> None:
        """Open `path` of the server."""
        self.page.goto(f"{self.url}{path}")


@contextmanager
def launch() -> Iterator[Browser]:
    """Chromium without a window. Where the machine has none, the test is skipped; in CI it fails."""
    expect.set_options(timeout=PATIENCE)
    path = printed("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, chromium_sandbox=False, args=ARGUMENTS)
        browser = Browser(chromium)
        with _running(None):
            yield browser
        chromium.close()


@contextmanager
def _running(loop: asyncio.AbstractEventLoop | None) -> Iterator[None]:
    """Playwright's loop counts as running in this thread while Playwright lives. Between two pages it must not, or
    `asyncio.run` in another test would fail."""
    previous = asyncio._get_running_loop()
    asyncio._set_running_loop(loop)
    try:
        yield
    finally:
        asyncio._set_running_loop(previous)


def fits(page: Page) -> bool:
    """Whether the page needs no horizontal scrolling."""
    return bool(page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth"))


def barriers(page: Page, within: str = "html") -> list[str]:
    """The accessibility violations that axe-core finds on the page, or in the part that the selector `within` names:
    rule, requirement, place."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    violations: list[dict[str, Any]] = page.evaluate(
        "within => axe.run(within, {resultTypes: ['violations']}).then(({violations}) => violations)", within
    )
    return [
        f"{each['id']}: {each['help']}: {node['target']} {node.get('failureSummary', '')}"
        for each in violations
        for node in each["nodes"]
    ]


@cache
def _axe() -> str:
    return Path(printed("axe")).read_text(encoding="utf-8")
