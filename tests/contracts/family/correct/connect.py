"""Correct: connect flows that differ where the documents are silent."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import CORRECT, Variant, correct
from tests.contracts.family.wire import Request, Response

from postfuze_contracts.model.options import Secret
from postfuze_mock.domain import connect as rules
from postfuze_mock.problems import CONTENT_TYPE, Problem

SAME = [{"id": f"10293847561029{number}", "name": f"Acme {number}", "username": f"acme{number}"} for number in range(3)]


def _same_pages(mock: Mock) -> None:
    """Let every session offer the same pages, as for a test user."""
    session = mock.session

    def again(**fields: Any) -> Secret:
        return session(**{"pages": SAME, **fields})

    mock.replace(mock, "session", again)


def _offering_the_same(id: str, alternative: str) -> Variant:
    def change(mock: Mock) -> None:
        mock.settings = replace(mock.settings, assume={id: alternative})
        _same_pages(mock)

    response = f"each session offers the same pages, and {id} is {alternative}"
    return Variant(f"correct_connecting.same_pages.{id}={alternative}", None, response, change)


CORRECT += [
    _offering_the_same("finalize.standing-account", "reconnects"),
    _offering_the_same("finalize.standing-account", "refused"),
    _offering_the_same("finalize.deleted-account", "same-id"),
]


@correct("each session offers the same pages, which were connected before the run")
def connected_before(mock: Mock) -> None:
    _same_pages(mock)
    mock.document = {"accounts": [{"platform": "facebook", "network_unique_id": page["id"]} for page in SAME]}


@correct("a page of an existing account gets another account")
def another_account(mock: Mock) -> None:
    _same_pages(mock)
    finalize = rules.finalize

    def anew(*arguments: Any, **options: Any) -> Any:
        return finalize(*arguments, **{**options, "standing": {}})

    mock.replace(rules, "finalize", anew)


@correct("the state of an authorization URL is in its fragment")
def state_in_the_fragment(mock: Mock) -> None:
    def change(body: dict[str, str]) -> dict[str, str]:
        url = urlsplit(body["auth_url"])
        return {"auth_url": url._replace(query="", fragment=url.query).geturl()}

    mock.bodies("createAuthUrl", change)


@correct("a request now and then is refused for a second")
def now_and_then(mock: Mock) -> None:
    numbers = count(1)
    busy = Response.of(429, Problem(429, "Slow down.").document(), CONTENT_TYPE)

    def change(request: Request, response: Response) -> Response:
        return response if next(numbers) % 40 or request.method != "GET" else busy.with_body(busy.json, retry_after="1")

    mock.responses("*", change)


@correct("the organization has an app for YouTube alone; starting the others' flows answers 422, whatever is asked")
def one_app(mock: Mock) -> None:
    none = Response.of(422, Problem(422, "This platform has no app.").document(), CONTENT_TYPE)

    def change(request: Request, response: Response) -> Response:
        return none if "/youtube/" not in request.path and response.status in (200, 400) else response

    mock.responses("createAuthUrl", change)
