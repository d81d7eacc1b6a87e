"""The consent screen's pages as HTML. All that is put into a template is escaped here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Any, Final

from postfuze_fixtures.platforms import PLATFORMS
from postfuze_mock.domain.keys import masked
from postfuze_mock.http.pages.consent.asking import Asked
from postfuze_mock.problems import Problem, title
from postfuze_mock.records import Authorization
from postfuze_mock.settings import API_PATH
from postfuze_mock.worlds.connect import consent
from postfuze_mock.worlds.world import World

#: What a platform's account types are called, several of them.
_PLURALS: Final = {
    "page": "pages",
    "organization": "organizations",
    "location": "locations",
    "channel": "channels",
}
_HEADLINES: Final = {"connected": "Connected", "pending": "Choose what to connect", "error": "Not connected"}


def screen(world: World, started: Authorization, asked: Asked) -> str:
    """The consent screen of a connect attempt."""
    platform = PLATFORMS[started["platform"]]
    pages = consent.offered(world, started, asked.offer)
    return _filled(
        "consent",
        platform=platform.name,
        title=platform.title,
        initial=platform.title[0],
        things=_PLURALS.get(platform.account_types[0], "accounts"),
        state=asked.state,
        offer=asked.offer,
        most=consent.MOST,
        world=masked(world.name),
        tenant=started["tenant_id"] if started["tenant_id"] is not None else "none",
        destination=started["redirect_uri"] or "a page of this mock",
        scopes=_html(_filled("scope", scope=scope) for scope in platform.scopes),
        pages=_html(
            _choice(page["id"], page["name"], page["username"], ticked=not at) for at, page in enumerate(pages)
        ),
        reconnectable=_reconnectable(world, started),
    )


def result(started: Authorization, outcome: Mapping[str, str]) -> str:
    """How a connect attempt ended that has nowhere to return to."""
    return _filled(
        "result",
        platform=started["platform"],
        headline=_HEADLINES[outcome["status"]],
        rows=_html(_filled("row", name=name, value=value) for name, value in outcome.items()),
        call=_next_call(outcome),
    )


def refusal(problem: Problem) -> str:
    """Why there is no screen."""
    return _filled("refusal", status=problem.status, headline=title(problem.status), detail=problem.detail or "")


def brands() -> str:
    """The style rules of the platforms' colours."""
    return "".join(f".{each.name}{{--brand:{each.colour}}}\n" for each in PLATFORMS.values())


class _HTML(str):
    """A text that is HTML already."""


def _html(parts: Iterable[str]) -> _HTML:
    return _HTML("\n".join(parts))


_TEMPLATES: Final = {
    file.stem: Template(file.read_text(encoding="utf-8")) for file in Path(__file__).parent.glob("*.html")
}


def _filled(template: str, **values: Any) -> _HTML:
    texts = {name: value if isinstance(value, _HTML) else escape(str(value)) for name, value in values.items()}
    return _HTML(_TEMPLATES[template].substitute(texts))


def _choice(id: str, name: str, detail: str | None, *, ticked: bool = False) -> str:
    return _filled(
        "choice", id=id, name=name, detail=f"{detail} · {id}" if detail else id, ticked="checked" if ticked else ""
    )


def _reconnectable(world: World, started: Authorization) -> _HTML:
    accounts = consent.reconnectable(world, started)
    if not accounts:
        return _HTML("")
    choices = [
        _choice(each["network_unique_id"], each["display_name"] or each["username"] or each["id"], each["status"])
        for each in accounts
    ]
    return _filled("reconnectable", choices=_html(choices))


def _next_call(outcome: Mapping[str, str]) -> str:
    if outcome["status"] == "connected":
        return f"GET {API_PATH}/social-accounts/{outcome['account_ids']}"
    if outcome["status"] == "pending":
        return f"GET {API_PATH}/social-accounts/pending/{outcome['session_token']}"
    return "Nothing was connected."
