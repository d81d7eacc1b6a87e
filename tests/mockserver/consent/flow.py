"""A connect attempt, driven as by a browser or an HTTP client, step by step: redirects are not followed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
from tests.support.world import World

REDIRECT: Final = "http://127.0.0.1:3000/connected?from=postfuze"
TENANT: Final = "tenant_42"
HTML: Final = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
Way = Literal["link", "form"]
#: A client sends the decision in the URL, the page's form posts it.
WAYS: Final[tuple[Way, ...]] = ("link", "form")


@dataclass(frozen=True)
class Attempt:
    """A connect attempt at its `auth_url`. `way` is how decisions are sent."""

    url: str
    way: Way = "link"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The URL without its query."""
        return self.url.partition("?")[0]

    @property
    def state(self) -> str:
        return parse_qs(urlsplit(self.url).query)["state"][0]

    def look(self, **query: Any) -> httpx.Response:
        """Open the screen."""
        return httpx.get(self.address, params={"state": self.state, **query}, headers=self.headers)

    def decide(self, decision: str | None, **more: Any) -> httpx.Response:
        """Send a decision; the response may be a refusal."""
        parameters = {"state": self.state, **({} if decision is None else {"decision": decision}), **more}
        if self.way == "link":
            return httpx.get(self.address, params=parameters, headers=self.headers)
        return httpx.post(self.address, data=parameters, headers=self.headers)

    def outcome(self, decision: str = "approve", **more: Any) -> dict[str, str]:
        """Send a decision; returns the query of the redirect."""
        response = self.decide(decision, **more)
        assert response.status_code == 303, response.text
        place, _, query = response.headers["location"].partition("?")
        assert f"{place}?{query}".startswith(f"{REDIRECT}&")
        return dict(parse_qsl(query.removeprefix("from=postfuze&"), strict_parsing=True))

    def ids(self, n: int = 3) -> list[str]:
        """The ids of the pages that the screen offers."""
        html = self.look(offer=n).text
        return [part.partition('"')[0] for part in html.split('name="page" value="')[2:]][:n]


def start(world: World, platform: str = "facebook", *, way: Way = "link", html: bool = False, **body: Any) -> Attempt:
    """Start an attempt that returns to `REDIRECT` unless the body says otherwise (None: nowhere)."""
    fields = {"redirect_uri": REDIRECT, **body}
    response = world.auth_url_response(
        platform, json={name: value for name, value in fields.items() if value is not None}
    )
    assert response.status_code == 200, response.text
    return Attempt(response.json()["auth_url"], way, HTML if html else {})
