"""What a call of the consent screen asks for: its query, and the form that it posts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, get_args
from urllib.parse import parse_qsl

from starlette.requests import Request

from postfuze_mock.http.validation import body
from postfuze_mock.problems import Problem
from postfuze_mock.worlds.connect.consent import MOST, Decision, Kind

FORM: Final = "application/x-www-form-urlencoded"
#: How many pages the screen offers, and how many are approved at once where `pages` says nothing.
OFFERED: Final = 3
_APPROVED: Final = {"approve": 1, "expired": 2}
_KINDS: Final[dict[str, Kind]] = {kind: kind for kind in get_args(Kind)}
_LIMIT: Final = 1 << 16  # bytes of a form


class Asked(NamedTuple):
    """The sealed `state`, the decision where one was taken, and how many pages are on `offer` where none was."""

    state: str
    decision: Decision | None
    offer: int


async def read(request: Request) -> Asked:
    """Raises problems: 400 for parameters that cannot be, 413 and 415 for a body that is no form."""
    given = _Parameters(parse_qsl(request.url.query, keep_blank_values=True) + await _form(request))
    offer = given.number("offer")
    return Asked(given.last("state") or "", given.decision(), OFFERED if offer is None else offer)


async def _form(request: Request) -> list[tuple[str, str]]:
    headers = dict(request.scope["headers"])
    if request.method != "POST" or not body.is_present(headers):
        return []
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != FORM:
        detail = f"The body must be sent with Content-Type: {FORM}, as a form is."
        accepted = {"Accept": FORM}
        raise Problem(415, detail, rule="media-types.body", code="unsupported_media_type", headers=accepted)
    sent = await body.read(request.receive, headers, _LIMIT)
    try:
        return parse_qsl(sent.decode("ascii"), keep_blank_values=True)
    except ValueError:  # too many fields, or not percent-encoded
        raise _bad("The body is no form.") from None


class _Parameters:
    """Parameters by name; of one that should be given once, the last counts."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self.pairs = pairs

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]

    def last(self, name: str) -> str | None:
        return next(iter(reversed(self.all(name))), None)

    def number(self, name: str) -> int | None:
        text = self.last(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) < 5 and int(text) <= MOST):
            raise _bad(f"{name} must be a whole number from 0 to {MOST}; it is {text!r:.40}.")
        return int(text)

    def decision(self) -> Decision | None:
        asked, pages, ids = self.last("decision"), self.number("pages"), self.all("page")
        if asked is None:
            return None
        kind = _KINDS.get(asked)
        if kind is None:
            raise _bad(f"decision must be one of {', '.join(_KINDS)}; it is {asked!r:.40}.")
        if pages is not None and ids:
            raise _bad("pages says how many, page says which: give one of them.")
        # A form with nothing ticked sends an empty `page`, for else nobody could tell it from one that leaves it to us.
        chosen = tuple(filter(None, ids)) if ids else None
        return Decision(kind, _APPROVED.get(kind, 0) if pages is None else pages, chosen)


def _bad(detail: str) -> Problem:
    return Problem(400, detail, rule="connect.decision", code="validation_failed")
