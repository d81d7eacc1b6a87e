"""The page in a real browser."""

from __future__ import annotations

import importlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.reports import sample

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


pytestmark = pytest.mark.browser


def missing(what: str) -> None:
    """Skip because `what` is missing; in CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    try:
        playwright = importlib.import_module("playwright.sync_api")
    except ModuleNotFoundError:
        missing("playwright")
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with playwright.sync_playwright() as started:
        if chromium is None and not Path(started.chromium.executable_path).exists():
            missing("chromium")
        launched = started.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the sample run."""
    folder = tmp_path_factory.mktemp("page")
    sample.report(sample.events(), folder)
    return (folder / "report.html").rename(folder / "page.html")


@pytest.fixture
def page(browser: Any, file: Path) -> Iterator[Any]:
    """The page, tab; any complaint of the browser fails the test."""
    tab = browser.new_page(viewport={"width": 1200, "height": 900})
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("request", lambda request: complaints.extend([] if request.url.startswith("file:") else [request.url]))
    tab.goto(file.as_uri())
    yield tab
    tab.close()
    assert complaints == []


def visible(page: Any) -> list[str]:
    ids: list[str] = page.evaluate(
        "[...document.querySelectorAll('details.statement')].filter(e => e.offsetParent !== null).map(e => e.id)"
    )
    return ids


def test_failures_come_first_and_are_open(page: Any) -> None:
    assert set(visible(page)[:6]) == {failure.statement for failure in sample.FAILURES}
    assert page.locator("details.statement[open]").count() == 6


def test_a_chip_leaves_its_outcome_and_a_second_one_adds_to_it(page: Any) -> None:
    page.click("button[value=flaky]")
    assert visible(page) == ["list.default-25"]
    page.click("button[value=waived]")
    assert visible(page) == ["list.default-25", "get.unknown"]
    assert page.inner_text("#count") == "2 of 88"


def test_text_filters_and_escape_shows_all_again(page: Any) -> None:
    page.keyboard.press("/")
    page.keyboard.type("cursor signature")
    assert visible(page) == ["list.cursor-signed"]
    page.keyboard.press("Escape")
    assert len(visible(page)) == 88


def test_a_cell_opens_its_statement_also_where_it_is_filtered_out(page: Any) -> None:
    page.click("button[value=fail]")
    page.click(".cell[href='#get.by-id']")
    assert page.locator("details[id='get.by-id']").get_attribute("open") is not None
    assert page.evaluate("document.activeElement.closest('details').id") == "get.by-id"


def test_keys_walk_and_open(page: Any) -> None:
    first, second, *_ = visible(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('details').id") == second
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    assert page.locator(f"details[id='{first}']").get_attribute("open") is None


@pytest.mark.parametrize("width", [360, 768, 1600])
def test_it_fits_the_window(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_contrast(page: Any, scheme: str) -> None:
    """At least 4.5 to 1 (WCAG 2.2, 1.4.3), for each outcome and for the page's text."""
    page.emulate_media(color_scheme=scheme)
    ratios = page.evaluate(CONTRAST, [".mark", ".chips button", ".cell", ".word"])
    assert min(ratios) >= 4.5


CONTRAST = """(selectors) => {
  const light = (colour) => {
    const parts = colour.match(/[0-9.]+/g).slice(0, 3).map((part) => {
      const c = part / 255;
      return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  return selectors.flatMap((selector) => [...document.querySelectorAll(selector)].map((element) => {
    const style = getComputedStyle(element);
    const [a, b] = [light(style.color), light(style.backgroundColor)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }));
}"""
