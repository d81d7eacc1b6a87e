"""The consent screen's pages as HTML. Every value that goes into a template is escaped here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Any, Final

from postfuze_fixtures.platforms import PLATFORMS
from postfuze_mock.domain.keys import masked
from postfuze_mock.problems import Problem, title
from postfuze_mock.records import Account, Authorization
from postfuze_mock.settings import API_PATH
from postfuze_mock.worlds.connect import consent
from postfuze_mock.worlds.world import World

_TEMPLATES: Final = {
    file.stem: Template(file.read_text(encoding="utf-8").strip()) for file in Path(__file__).parent.glob("*.html")
}
_SCOPE: Final = Template("<li><code>$scope</code></li>")
_OUTCOME: Final = Template("<dt>$name</dt><dd><code>$value</code></dd>")
_CHOICE: Final = Template(
    '<label class="choice"><input type="checkbox" name="page" value="$id" $checked>'
    '<span class="name">$name</span><span class="detail">$detail</span></label>'
)
_RECONNECTABLE: Final = Template(
    "<fieldset>\n<legend>Connected already; allow it again</legend>\n$choices\n</fieldset>"
)
#: The plurals of a platform's account types.
_PLURALS: Final = {
    "page": "pages",
    "organization": "organizations",
    "location": "locations",
    "channel": "channels",
}
_HEADLINES: Final = {"connected": "Connected", "pending": "Choose what to connect", "error": "Not connected"}


class _HTML(str):
    """A text that is HTML, and so is not escaped."""


def screen(world: World, attempt: Authorization, state: str, offer: int) -> str:
    """The consent screen of a connect attempt, with `offer` pages to choose from."""
    platform = PLATFORMS[attempt["platform"]]
    pages = consent.pages_on_offer(world, attempt, offer)
    return _page(
        "screen",
        f"Connect {platform.title} (stand-in)",
        platform=platform.name,
        title=platform.title,
        initial=platform.title[0],
        things=_PLURALS.get(platform.account_types[0], "accounts"),
        state=state,
        offer=offer,
        max_offer=consent.MAX_PAGES,
        world=masked(world.name),
        tenant=attempt["tenant_id"] if attempt["tenant_id"] is not None else "none",
        destination=attempt["redirect_uri"] or "a page of this mock",
        scopes=_join(_fill(_SCOPE, scope=scope) for scope in platform.scopes),
        pages=_join(
            _choice(page["id"], page["name"], page["username"], checked=index == 0) for index, page in enumerate(pages)
        ),
        reconnectable=_reconnectable(consent.reconnectable(world, attempt)),
    )


def result(attempt: Authorization, outcome: Mapping[str, str]) -> str:
    """The outcome of a connect attempt that has no redirect URI."""
    headline = _HEADLINES[outcome["status"]]
    return _page(
        "result",
        headline,
        platform=attempt["platform"],
        headline=headline,
        outcome=_join(_fill(_OUTCOME, name=name, value=value) for name, value in outcome.items()),
        call=_next_call(outcome),
    )


def refusal(problem: Problem) -> str:
    """The page that shows `problem` instead of a screen."""
    headline = title(problem.status)
    return _page(
        "refusal",
        f"{problem.status} {headline}",
        status=problem.status,
        headline=headline,
        detail=problem.detail or "",
    )


def styles() -> str:
    """The style sheet of all pages, with the platforms' colours."""
    colours = (f".{each.name}{{--brand:{each.colour}}}\n" for each in PLATFORMS.values())
    return Path(__file__).with_name("consent.css").read_text(encoding="utf-8") + "".join(colours)


def _page(template: str, page_title: str, platform: str = "", **values: Any) -> _HTML:
    content = _fill(_TEMPLATES[template], platform=platform, **values)
    return _fill(_TEMPLATES["page"], title=page_title, platform=platform, content=content)


def _fill(template: Template, **values: Any) -> _HTML:
    texts = {name: value if isinstance(value, _HTML) else escape(str(value)) for name, value in values.items()}
    return _HTML(template.substitute(texts))


def _join(parts: Iterable[_HTML]) -> _HTML:
    return _HTML("\n".join(parts))


def _choice(id: str, name: str, detail: str | None, *, checked: bool = False) -> _HTML:
    about = f"{detail} · {id}" if detail else id
    return _fill(_CHOICE, id=id, name=name, detail=about, checked="checked" if checked else "")


def _reconnectable(accounts: Iterable[Account]) -> _HTML:
    choices = _join(
        _choice(each["network_unique_id"], each["display_name"] or each["username"] or each["id"], each["status"])
        for each in accounts
    )
    return _fill(_RECONNECTABLE, choices=choices) if choices else choices


def _next_call(outcome: Mapping[str, str]) -> str:
    if outcome["status"] == "connected":
        return f"GET {API_PATH}/social-accounts/{outcome['account_ids']}"
    if outcome["status"] == "pending":
        return f"GET {API_PATH}/social-accounts/pending/{outcome['session_token']}"
    return "Nothing was connected."
