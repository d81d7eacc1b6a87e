"""The checks of starting the connect flow, where nothing can be judged, and with odd URLs."""

from __future__ import annotations

import base64
import tracemalloc
import zlib

import pytest
from tests.contracts.family.judgement import checks_of, statements
from tests.contracts.family.mock import Deployment, Mock
from tests.contracts.family.wire import Response

from postfuze_contracts.model.options import Access
from postfuze_contracts.model.verdicts import Outcome
from postfuze_mock.problems import CONTENT_TYPE, Problem

STATEMENTS = {"auth-url.url", "auth-url.state"}


def test_organization_without_apps_blocks_the_checks(mock: Mock) -> None:
    missing = Response.of(404, Problem(404, "No app for this platform.").document(), CONTENT_TYPE)
    mock.responses("createAuthUrl", lambda _request, _response: missing)
    with mock.served() as deployment:
        assert statements(deployment.judge(checks_of("auth_url")), Outcome.BLOCKED) == STATEMENTS


def test_no_flow_is_started_without_full_access(deployment: Deployment) -> None:
    finished = deployment.judge(checks_of("auth_url"), access=Access.PROBE)
    assert statements(finished, Outcome.BLOCKED) == STATEMENTS
    assert not finished.requests


def _deflated(mebibytes: int) -> str:
    deflater, piece = zlib.compressobj(9), b" " * 1024 * 1024
    pieces = [deflater.compress(piece) for _ in range(mebibytes)]
    return base64.urlsafe_b64encode(b"".join(pieces) + deflater.flush()).decode().rstrip("=")


@pytest.mark.parametrize(
    "addition",
    [
        "&next=http%3A%2F%2F%5B%3A%3A1%3Fstate%3Dx",  # a URL with half an address
        "&next=http%3A%2F%2Fa%E2%84%80b%2F%3Fstate%3Dx",  # one with a host that normalization would split
        "&next=" + "?a=" * 5_000 + "state=x",
    ],
)
def test_odd_url_within_the_url_is_no_fault(addition: str, mock: Mock) -> None:
    mock.bodies("createAuthUrl", lambda body: {"auth_url": body["auth_url"] + addition})
    with mock.served() as deployment:
        finished = deployment.judge(checks_of("auth_url"))
    assert finished.faults == ()
    assert statements(finished, Outcome.PASS) == STATEMENTS


@pytest.mark.parametrize("mebibytes", [40, 100])
def test_url_that_decodes_to_much_takes_little_memory(mebibytes: int, mock: Mock) -> None:
    """The first one is short enough to be looked at, the other is not."""
    more = _deflated(mebibytes)
    mock.bodies("createAuthUrl", lambda body: {"auth_url": f"{body['auth_url']}&more={more}"})
    with mock.served() as deployment:
        tracemalloc.start()
        try:
            finished = deployment.judge(checks_of("auth_url"))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert finished.faults == ()
    assert "auth-url.url" in statements(finished, Outcome.PASS)
    assert peak < 30_000_000
