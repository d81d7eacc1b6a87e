"""Broken: keys that were never issued, and calls that need no key."""

from __future__ import annotations

from collections.abc import Callable

from tests.contracts.family.mock import ISSUED, NAME, Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock.problems import CONTENT_TYPE, Problem, unauthorized

FULL = f"sk_test_{NAME}"
KEYS = {str(entry["key"]) for entry in ISSUED}
REFUSED = Response.of(401, unauthorized(rule="").document(), CONTENT_TYPE)


def _key(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def _accepting(mock: Mock, which: Callable[[str], bool], operation: str = "*") -> None:
    """Accept keys like these as the full one, though they were never issued."""
    mock.refuse_unknown_keys()

    def change(request: Request) -> Request:
        key = _key(request)
        return request.with_key(FULL) if key.startswith("sk_") and key not in KEYS and which(key) else request

    mock.requests(operation, change)


@broken("auth.unknown", "any key is accepted")
def any_key(mock: Mock) -> None:
    _accepting(mock, lambda _: True)


@broken("auth.unknown", "any key reads metrics")
def any_key_reads_metrics(mock: Mock) -> None:
    _accepting(mock, lambda _: True, "getSocialAccountMetrics")


@broken("auth.unknown", "any key disconnects")
def any_key_disconnects(mock: Mock) -> None:
    _accepting(mock, lambda _: True, "deleteSocialAccount")


@broken("auth.unknown", "only the first twelve characters of a key are compared")
def beginning(mock: Mock) -> None:
    _accepting(mock, lambda key: key[:12] == FULL[:12])


@broken("auth.unknown", "only the last four characters of a key are compared")
def end(mock: Mock) -> None:
    _accepting(mock, lambda key: key[-4:] == FULL[-4:])


@broken("auth.unknown", "a key may be longer than the one that was issued")
def longer(mock: Mock) -> None:
    _accepting(mock, lambda key: key.startswith(FULL))


@broken("auth.unknown", "a key may be the beginning of the one that was issued")
def shorter(mock: Mock) -> None:
    _accepting(mock, lambda key: FULL.startswith(key))


@broken("auth.unknown", "keys are compared without case")
def without_case(mock: Mock) -> None:
    _accepting(mock, lambda key: key.lower() == FULL)


@broken("auth.unknown", "what stands between `sk_` and the rest of a key is not compared")
def without_mode(mock: Mock) -> None:
    _accepting(mock, lambda key: key.split("_")[-1] == NAME)


@broken("auth.unknown", "an unknown key gets 403")
def unknown_is_403(mock: Mock) -> None:
    mock.refuse_unknown_keys()
    forbidden = Response.of(403, Problem(403, "Invalid or expired API key.").document(), CONTENT_TYPE)
    mock.responses(
        "*",
        lambda request, response: (
            forbidden
            if response.status == 401 and _key(request).startswith("sk_") and _key(request) not in KEYS
            else response
        ),
    )


@broken("auth.unknown", "a key of more than 255 characters gets a 500")
def long_key(mock: Mock) -> None:
    mock.refuse_unknown_keys()
    crash = Response.of(500, Problem(500, None).document(), CONTENT_TYPE)
    mock.responses("*", lambda request, response: crash if len(_key(request)) > 255 else response)


@broken("auth.unknown", "a key is put into a query as it is")
def injected(mock: Mock) -> None:
    _accepting(mock, lambda key: "' OR " in key)


@broken("keys.other-mode", "a key of the other mode is accepted")
def other_mode(mock: Mock) -> None:
    _accepting(mock, lambda key: key == FULL.replace("_test_", "_live_"))


def _refusing(mock: Mock, operation: str) -> None:
    """Refuse a key that was not issued, though none is needed."""
    mock.responses(
        operation,
        lambda request, response: (
            REFUSED if "authorization" in request.headers and _key(request) not in KEYS else response
        ),
    )


@broken("connect.no-key", "listing the pages of a session with an unknown key is refused")
def key_beside_a_session(mock: Mock) -> None:
    _refusing(mock, "listPendingPages")


@broken("connect.no-key", "finalizing with an unknown key is refused")
def key_beside_finalizing(mock: Mock) -> None:
    _refusing(mock, "finalizeConnection")


@broken("service.health", "the service's health with an unknown key is refused")
def key_beside_health(mock: Mock) -> None:
    _refusing(mock, "getServiceHealth")
