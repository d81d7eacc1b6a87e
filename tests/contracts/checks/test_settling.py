"""Lists may be late for a moment after a change; what is read by its id may not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.contracts.family.judgement import checks_for, failed
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import Change
from tests.contracts.family.wire import Request, Response

from postfuze_contracts.checks.list.settling import SETTLING

DELETED = "list.deleted-excluded"


def late(seconds: float) -> Change:
    """Make lists that were read before a deletion stay as they were for so long, by the clock of the mock."""

    def change(mock: Mock) -> None:
        before: dict[str, Response] = {}
        until = 0.0

        async def handle(request: Request) -> Response:
            nonlocal until
            now, query = mock.world.clock.now(), f"{sorted(request.query)} {request.headers.get('authorization')}"
            if request.operation == "deleteSocialAccount":
                until = now + seconds * 1000
            if request.operation != "listSocialAccounts":
                return await request.send()
            if now >= until or query not in before:
                before[query] = await request.send()
            return before[query]

        mock.handle("*", handle)

    return change


@pytest.fixture
def run(mock: Mock) -> Callable[..., tuple[frozenset[str], list[str]]]:
    def run_with(seconds: float, **options: float) -> tuple[frozenset[str], list[str]]:
        late(seconds)(mock)
        with mock.served() as deployment:
            finished = deployment.judge(checks_for({DELETED}, generated=False), **options)
        return failed(finished), [each.choice for each in finished.observations if each.assumption == SETTLING]

    return run_with


def test_list_that_is_late_for_less_than_the_grace_is_observed(run: Callable[..., tuple[object, object]]) -> None:
    assert run(1.0) == (frozenset(), ["within-seconds"])


def test_list_that_is_late_for_more_than_the_grace_fails(run: Callable[..., tuple[object, object]]) -> None:
    assert run(600.0) == (frozenset({DELETED}), [])


def test_no_grace_is_a_setting(run: Callable[..., tuple[object, object]]) -> None:
    assert run(1.0, settle=0.0) == (frozenset({DELETED}), [])
