"""Seven questions, each answered by what is on the screen after two clicks at most, from `/docs` or `/_mock/`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.e2e.browser import Browser, Visit
from tests.support.processes import MockProcess

from postfuze_mock import spec
from postfuze_mock.client import Mock

MAX_CLICKS: Final = 2
#: The first promises of the operation; the others are a glance below them.
DELETE: Final = [each for each in spec.statements() if each.subject == "delete"][:2]


@dataclass
class Visitor:
    """Somebody with a question, who has opened one page. To type into the search counts as a click."""

    visit: Visit
    clicks: int = 0

    def click(self, target: Locator) -> None:
        self._count()
        target.click()

    def search(self, words: str) -> None:
        self._count()
        expect(self.page.get_by_placeholder("Search")).to_be_visible()
        self.page.keyboard.press("/")
        self.page.keyboard.type(words)

    @property
    def page(self) -> Page:
        return self.visit.page

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name).first

    @property
    def rows(self) -> Locator:
        """The rows of the visible panel, to open."""
        return self.page.locator(
            "main section:visible .rows > li > button, main section:visible .rows > li > div > button"
        )

    def reads(self, *texts: str, within: str = "body") -> None:
        """Each of the `texts` stands on the screen, without scrolling, in the part that the selector `within` names."""
        for text in texts:
            place = self.page.locator(within).get_by_text(text).locator("visible=true").first
            expect(place).to_be_in_viewport()

    def _count(self) -> None:
        self.clicks += 1
        assert self.clicks <= MAX_CLICKS, "a third click"


@pytest.fixture
def world(mock: MockProcess) -> Iterator[Mock]:
    """The world with which both pages begin."""
    world = mock.client("demo")
    world.reset()
    yield world
    world.reset()


@pytest.fixture
def visitor(browser: Browser, mock: MockProcess) -> Iterator[Visitor]:
    """Each page asks only this server, and the browser has nothing to complain about."""
    with browser.page() as page:
        visit = Visit(page, mock.url)
        yield Visitor(visit)
        assert [url for url in visit.requests if not url.startswith(mock.url)] == []
        assert visit.complaints == []


def test_what_is_promised_of_delete(visitor: Visitor) -> None:
    visitor.visit.go("/docs")
    visitor.click(visitor.link("Disconnect an account"))
    operation = visitor.page.locator("[id='operation/deleteSocialAccount']")
    visitor.click(operation.get_by_role("link", name="promises"))

    for statement in DELETE:
        visitor.reads(statement.id, " ".join(statement.statement.replace("`", "").split()))


def test_what_this_server_assumes_about_a_limit_of_1000(visitor: Visitor) -> None:
    visitor.visit.go("/docs")
    visitor.search("limit=1000")
    visitor.click(visitor.page.get_by_role("option", name=re.compile(r"^limit\.above-range")))

    answer = ("What if limit is above 100?", "refused", "This server: It is refused like any invalid parameter.")
    visitor.reads(*answer, within="[id='assumption/limit.above-range']")


def test_why_that_call_was_a_404(visitor: Visitor, world: Mock, mock: MockProcess) -> None:
    stranger = mock.client("wrong").create_account()
    mock.caller(world.key).get(f"/social-accounts/{stranger['id']}")
    visitor.visit.go("/_mock/")
    visitor.click(visitor.link("Requests"))
    visitor.click(visitor.rows.first)

    visitor.reads("No account with this id in world demo; world wrong has one.", "Switch to world wrong", "get.unknown")


def test_whether_a_fault_is_on(visitor: Visitor, world: Mock) -> None:
    world.create_fault(preset="service_down")
    visitor.visit.go("/_mock/")

    expect(visitor.link("The service is down")).to_be_in_viewport()
    expect(visitor.page.get_by_role("button", name="Remove the fault: The service is down")).to_be_in_viewport()


def test_whether_my_webhook_was_delivered_and_its_signature_is_right(
    visitor: Visitor, world: Mock, mock: MockProcess
) -> None:
    inbox = f"{mock.url}/_mock/inbox/questions"
    world.put_webhooks([{"url": inbox}])
    world.create_event("account.connected")
    visitor.visit.go("/_mock/")
    visitor.click(visitor.link("Events"))
    visitor.click(visitor.rows.first)

    visitor.reads(inbox, "delivered", "204", "signature valid")


def test_what_health_will_answer_for_this_account(visitor: Visitor, world: Mock) -> None:
    expired = "2026-06-14T12:00:00.000Z"  # ten minutes before the world's clock
    world.create_account(display_name="Late Ltd.", token_expires_at=expired, behaviour={"refresh": "fails"})
    visitor.visit.go("/_mock/")
    visitor.click(visitor.link("Late Ltd."))

    visitor.reads(
        "not healthy: token_expired", "The call sets status to token_expired, and fires account.token_expired."
    )


def test_how_to_make_that_call_fail_next_time(visitor: Visitor, world: Mock, mock: MockProcess) -> None:
    mock.caller(world.key).get("/social-accounts")
    visitor.visit.go("/_mock/")
    visitor.click(visitor.link("Requests"))
    visitor.click(visitor.rows.first)

    visitor.reads("Make this call fail")
