"""The coverage as a page without external resources. All text is escaped, and the content security policy allows only
the page's own style and script."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from html import escape
from importlib import resources
from string import Template
from typing import Any, Final

Json = Mapping[str, Any]

_STATES: Final = {"never": "never met", "fault": "by a fault", "met": "met"}


def html(document: Json) -> str:
    """The page."""
    style, script = _theme() + _part("page.css"), _part("page.js")
    items = [item for group in document["groups"] for item in group["items"]]
    states = [_state(item) for item in items]
    statements = document["statements"]
    return Template(_part("page.html")).substitute(
        policy=f"default-src 'none'; style-src '{policy_source(style)}'; script-src '{policy_source(script)}'",
        style=style,
        script=script,
        percent=f"{document['percent']:g}",
        met=document["met"],
        total=document["total"],
        calls=f"{document['calls']:,}",
        exercised=sum(statement["met"] for statement in statements),
        statements=len(statements),
        chips="\n".join(_chip(state, states.count(state)) for state in _STATES),
        groups="\n".join(_group(group) for group in document["groups"]),
        rows="\n".join(_statement(statement) for statement in statements if not statement["met"]),
    )


def _group(group: Json) -> str:
    call = "" if group["call"] is None else f" <code>{escape(group['call'])}</code>"
    items = sorted(group["items"], key=lambda item: list(_STATES).index(_state(item)))
    open_ = " open" if group["met"] < group["total"] else ""
    return (
        f'<details class="group"{open_}><summary><h2>{escape(group["title"])}</h2>{call}'
        f'<span class="count">{group["met"]} of {group["total"]} met</span>'
        f'<progress max="{group["total"]}" value="{group["met"]}" aria-label="met"></progress></summary>'
        f"{_answers(group)}<ul>{''.join(map(_item, items))}</ul></details>"
    )


def _answers(group: Json) -> str:
    if group["call"] is None:
        return ""
    counts = ", ".join(f"{status}: {count:,}" for status, count in group["answers"].items())
    sentence = f"Answers by status: {escape(counts)}." if counts else "Never called."
    return f'<p class="note">{sentence}</p>'


def _item(item: Json) -> str:
    state = _state(item)
    statements = " ".join(f"<code>{escape(id)}</code>" for id in item["statements"])
    exercised = f'<p class="note">Statements: {statements}</p>' if statements else ""
    more = f"{exercised}<pre>{escape(item['try'])}</pre>" if state != "met" else ""
    return (
        f'<li data-state="{state}" id="{escape(item["id"])}"><span class="mark {state}">{_STATES[state]}</span> '
        f'<span class="title">{_with_code(item["title"])}</span> <span class="note">{escape(item["id"])}</span>'
        f"{more}</li>"
    )


def _statement(statement: Json) -> str:
    links = " ".join(f'<a href="#{escape(id)}">{escape(id)}</a>' for id in statement["items"])
    return (
        f'<tr><th scope="row"><code>{escape(statement["id"])}</code></th>'
        f"<td>{_with_code(statement['statement'])}</td><td>{links}</td></tr>"
    )


def _state(item: Json) -> str:
    if not item["met"]:
        return "never"
    return "fault" if item["by_fault"] else "met"


def _chip(state: str, count: int) -> str:
    return (
        f'<button type="button" class="{state}" value="{state}" aria-pressed="true">{_STATES[state]} {count}</button>'
    )


def _with_code(text: str) -> str:
    """`text` escaped, with what is in backticks as code."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))


def _theme() -> str:
    """The colours and fonts of all pages."""
    return resources.files("postfuze_mock").joinpath("http/pages/shared/theme.css").read_text("utf-8")


def _part(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def policy_source(inline: str) -> str:
    """The source of an inline style or script in a content security policy."""
    return f"sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}"
