"""Takes the pictures of the guides: each page as it looks after the same calls to a new mock, in light and dark."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.sync_api import Page, ViewportSize, expect
from tests.e2e.browser import SCHEMES, Browser, launch
from tests.support import children
from tests.support.calls import API
from tests.support.processes import ROOT, MockProcess, program, program_environment

from postfuze_mock.cli import coverage

FOLDER: Final = ROOT / "docs" / "pictures"
SIZE: Final[ViewportSize] = {"width": 1280, "height": 800}
ACCOUNT: Final = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
WORLD: Final = "demo"


class Scene:
    """A mock after a few calls, and the pages that are made of it, in `folder`."""

    def __init__(self, mock: MockProcess, folder: Path) -> None:
        self.url = mock.url
        self._world, self._folder = mock.client(WORLD), folder
        self.caller = mock.caller(f"sk_live_{WORLD}")
        self._world.create_fault(operation="finalizeConnection", preset="service_down")  # no call here meets it
        self._call()
        self.auth_url = self._begin_connecting()

    def _call(self) -> None:
        """What an application calls that is just being written."""
        self.caller.get("/social-accounts", platform="x")
        self.caller.get(f"/social-accounts/{ACCOUNT}")
        self.caller.get(f"/social-accounts/{ACCOUNT}/metrics")
        self.caller.get(f"/social-accounts/{ACCOUNT}/health")
        self.caller.get("/social-accounts", limit=1000)

    def _begin_connecting(self) -> str:
        body = {"redirect_uri": "http://localhost:3000/connected", "tenant_id": "tenant_42"}
        return str(self.caller.call("POST", f"{API}/social-networks/facebook/auth-url", body).json["auth_url"])

    @cached_property
    def coverage(self) -> Path:
        """The page about what these calls met."""
        file = self._folder / "coverage.html"
        file.write_text(coverage.html(self._world.get_coverage()), encoding="utf-8")
        return file

    @cached_property
    def report(self) -> Path:
        """The harness's report about this mock."""
        file = self._folder / "report.html"
        self._world.delete_faults()
        command = [*program("postfuze-contracts"), "run", "--url", f"{self.url}/api/v1", "--report", f"html={file}"]
        environment = program_environment(extra={"POSTFUZE_KEY": f"sk_live_{WORLD}"})
        result = children.run(command, cwd=self._folder, env=environment, limit=120)
        assert result.returncode == 0, result.stderr.decode()
        return file


def _reference(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/docs#statement/list.newest-first")
    expect(page.locator(":focus")).to_contain_text("newest first")


def _console(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/_mock/#requests")
    refused = page.get_by_role("button", name="limit=1000")
    refused.click()
    expect(refused).to_have_attribute("aria-expanded", "true")


def _consent(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.auth_url}&offer=2")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def _coverage(page: Page, scene: Scene) -> None:
    page.goto(scene.coverage.as_uri())


def _report(page: Page, scene: Scene) -> None:
    page.goto(scene.report.as_uri())


#: How each page is reached, by the name of its picture. The report is the last one, because it makes many calls.
PICTURES: Final[dict[str, Callable[[Page, Scene], None]]] = {
    "reference": _reference,
    "console": _console,
    "consent": _consent,
    "coverage": _coverage,
    "report": _report,
}
NAMES: Final = tuple(f"{name}-{scheme}.png" for name in PICTURES for scheme in SCHEMES)


def take(browser: Browser, scene: Scene, folder: Path) -> None:
    """Write the pictures into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, go in PICTURES.items():
        for scheme in SCHEMES:
            with browser.page(SIZE, scheme) as page:
                go(page, scene)
                page.screenshot(path=folder / f"{name}-{scheme}.png", animations="disabled", caret="hide")


def main(folder: Path = FOLDER) -> None:
    """Start a mock, at its default port because some pages show it, and take the pictures."""
    with TemporaryDirectory() as temporary, launch() as browser:
        mock = MockProcess("--port", "8080", folder=Path(temporary))
        try:
            take(browser, Scene(mock, Path(temporary)), folder)
        finally:
            mock.stop()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
