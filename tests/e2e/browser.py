"""A real browser, without a network: pages are looked at as a person would, and as axe-core does."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Playwright, ViewportSize, expect
from tests.e2e.mock_process import ROOT

DESKTOP: Final[ViewportSize] = {"width": 1280, "height": 900}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
PATIENCE: Final = 20_000  # milliseconds
REBOUND: Final = "evil.test"

# Nothing but the page itself may ask for anything; what would still leave the machine finds no host.
QUIET: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # One foreign name was made to point here, as somebody who owns it can do (DNS rebinding).
    f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


class Browser:
    """Chromium; each page that it opens knows nothing of the others."""

    def __init__(self, chromium: Chromium) -> None:
        self.chromium = chromium

    @contextmanager
    def page(self, size: ViewportSize = DESKTOP, scheme: Literal["light", "dark"] = "light") -> Iterator[Page]:
        """An empty page for somebody new, who likes the colour `scheme`; closed at the end."""
        with self.chromium.new_context(viewport=size, color_scheme=scheme) as context:
            context.set_default_timeout(PATIENCE)
            yield context.new_page()


@dataclass
class Visit:
    """A page of the server at `url`, with all that it asked for and complained of."""

    page: Page
    url: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None,
        )

    def go(self, path: str) -> None:
        """Open `path` of the server."""
        self.page.goto(f"{self.url}{path}")


def launched(playwright: Playwright) -> Chromium:
    """Chromium without a window. Where the machine has none, the test is skipped; in CI it fails."""
    expect.set_options(timeout=PATIENCE)
    return playwright.chromium.launch(
        executable_path=_path_from("chromium"), headless=True, chromium_sandbox=False, args=QUIET
    )


def fits(page: Page) -> bool:
    """Whether nobody has to scroll sideways."""
    return bool(page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth"))


def barriers(page: Page, within: str = "html") -> list[str]:
    """What axe-core finds that keeps people from using the page, or the part of it that the selector `within` names:
    rule, what it asks for, and where."""
    page.evaluate(_axe())
    found: list[dict[str, Any]] = page.evaluate("within => axe.run(within).then(({violations}) => violations)", within)
    return [
        f"{each['id']}: {each['help']}: {node['target']} {node.get('failureSummary', '')}"
        for each in found
        for node in each["nodes"]
    ]


@cache
def _axe() -> str:
    return Path(_path_from("axe")).read_text(encoding="utf-8")


def _path_from(script: str) -> str:
    """What `scripts/SCRIPT` prints. It may have to install something: one process of this run at a time."""
    turn = ROOT / ".cache" / "installing.lock"
    turn.parent.mkdir(exist_ok=True)
    with turn.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        found = subprocess.run([ROOT / "scripts" / script], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        # A skip that nobody reads would let the pages rot where they are meant to be watched over.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(found.stderr.strip())
    return found.stdout.strip()
