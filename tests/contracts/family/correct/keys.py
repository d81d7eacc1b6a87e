"""Correct: keys, media types and errors that differ where the documents are silent."""

from __future__ import annotations

from tests.contracts.family.mock import ISSUED, NAME, Mock
from tests.contracts.family.variants import CORRECT, Variant, correct
from tests.contracts.family.wire import Request, Response

from postfuze_mock.problems import CONTENT_TYPE, Problem

CRASH = Response.of(500, Problem(500, None).document(), CONTENT_TYPE)


def _strict(mock: Mock) -> None:
    mock.refuse_unknown_keys()


CORRECT.append(
    Variant(
        "correct_keys.strict",
        None,
        "keys that were never issued are refused",
        _strict,
        ("keys.other-mode", "refused"),
    )
)


@correct("a key was issued in both modes, and one with one digit more")
def neighbouring_keys(mock: Mock) -> None:
    more = [{"key": f"sk_live_{NAME}"}, {"key": f"sk_test_{NAME}2", "world": NAME}]
    mock.document = {"keys": [*ISSUED, *more]}
    mock.refuse_unknown_keys()


@correct("successful responses are of an own JSON type")
def other_media_type(mock: Mock) -> None:
    mock.responses(
        "*",
        lambda _, response: (
            response.with_media_type("application/vnd.postfuze+json") if response.status == 200 else response
        ),
    )


@correct("a filter with NUL gets a 500")
def crashes(mock: Mock) -> None:
    def change(request: Request, response: Response) -> Response:
        return CRASH if any("\0" in value for value in request.parameters.values()) else response

    mock.responses("listSocialAccounts", change)


@correct("another organization's account gets 403, but only to reading")
def forbidden_to_read(mock: Mock) -> None:
    refused = Response.of(403, Problem(403, "Not yours.").document(), CONTENT_TYPE)

    def change(request: Request, response: Response) -> Response:
        stranger = mock.other_world if NAME in request.headers.get("authorization", "") else mock.world
        is_foreign = stranger.store.get(request.id.lower()) is not None
        return refused if response.status == 404 and is_foreign else response

    mock.responses("getSocialAccount", change)
