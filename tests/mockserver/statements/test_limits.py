"""Rate limits: 600 calls, and within them 20 writes on accounts, in fixed windows of 60 seconds."""

from __future__ import annotations

import httpx
import pytest
from tests.support.world import World

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def read(world: World, times: int = 1, key: str = "own") -> list[int]:
    """The statuses of `times` cheap reads."""
    return [world.get_answer(UNKNOWN, key).status_code for _ in range(times)]


def write(world: World, times: int = 1, key: str = "own") -> list[int]:
    """The statuses of `times` deletions of nothing."""
    return [world.delete_answer(UNKNOWN, key).status_code for _ in range(times)]


def retry_after(answer: httpx.Response) -> int:
    assert answer.status_code == 429
    assert answer.headers["retry-after"].isdecimal()
    return int(answer.headers["retry-after"])


@pytest.mark.statement("limits.organization")
def test_six_hundred_calls_pass_and_the_next_is_refused(limited: World) -> None:
    assert read(limited, 600) == [404] * 600
    assert read(limited, 2) == [429, 429]
    assert limited.list_answer().json() == {
        "type": "about:blank",
        "title": "Too Many Requests",
        "status": 429,
        "detail": "Rate limit exceeded; retry in 60 s.",
        "code": "rate_limited",
    }


@pytest.mark.statement("limits.organization", "limits.account-writes")
def test_every_keyed_operation_counts_among_the_six_hundred(limited: World) -> None:
    id = limited.page()["data"][0]["id"]
    for _ in range(19):
        limited.get(id)
        limited.metrics(id)
        limited.metrics(id, since=0)
        limited.health(id)
        limited.delete_answer(UNKNOWN)
        limited.auth_url_answer()
    assert read(limited, 600 - 1 - 6 * 19) == [404] * (600 - 1 - 6 * 19)

    for answer in (
        limited.list_answer(),
        limited.get_answer(id),
        limited.metrics_answer(id),
        limited.health_answer(id),
        limited.delete_answer(id),
        limited.auth_url_answer(),
    ):
        assert answer.status_code == 429


@pytest.mark.statement("limits.organization")
@pytest.mark.assumption("limits.window-start", "first-call")
def test_window_begins_with_its_first_call_and_ends_after_sixty_seconds_to_the_millisecond(limited: World) -> None:
    limited.advance(seconds=17.5)
    read(limited)
    limited.advance(seconds=30)
    assert read(limited, 600) == [404] * 599 + [429]
    limited.advance(seconds=29.999)
    assert read(limited) == [429]
    limited.advance(seconds=0.001)

    assert read(limited, 601) == [404] * 600 + [429]


@pytest.mark.statement("limits.organization")
def test_refused_calls_do_not_prolong_the_window(limited: World) -> None:
    read(limited, 600)
    for _ in range(6):
        limited.advance(seconds=9.9)
        assert read(limited) == [429]
    limited.advance(seconds=0.6)

    assert read(limited) == [404]


@pytest.mark.statement("limits.account-writes")
def test_twenty_writes_on_accounts_pass_and_the_next_is_refused_while_reads_go_on(limited: World) -> None:
    assert write(limited, 21) == [404] * 20 + [429]
    assert read(limited) == [404]
    assert limited.auth_url_answer().status_code == 200
    limited.advance(seconds=59.999)
    assert write(limited) == [429]
    limited.advance(seconds=0.001)

    assert write(limited, 21) == [404] * 20 + [429]


@pytest.mark.statement("limits.account-writes")
def test_refused_write_deletes_nothing(limited: World) -> None:
    write(limited, 20)
    account = limited.page(limit=1)["data"][0]

    assert limited.delete_answer(account["id"]).status_code == 429
    assert limited.get(account["id"]) == account


@pytest.mark.statement("limits.account-writes", "limits.organization")
def test_buckets_stack(limited: World) -> None:
    assert write(limited, 20) == [404] * 20
    assert read(limited, 581) == [404] * 580 + [429]
    assert write(limited) == [429]


@pytest.mark.statement("limits.account-writes")
@pytest.mark.assumption("limits.unkeyed-finalize", "counted")
def test_finalizing_counts_as_a_write_of_the_sessions_organization_and_as_nothing_else(limited: World) -> None:
    session = limited.session()
    statuses = [limited.finalize_answer(session["session_token"], "unknown").status_code for _ in range(21)]

    assert statuses == [422] * 20 + [429]
    assert read(limited, 599) == [404] * 599
    assert write(limited) == [429]


@pytest.mark.statement("limits.account-writes", "connect.kept-until-finalized")
def test_finalization_that_is_refused_for_its_rate_leaves_the_session_as_it_was(limited: World) -> None:
    write(limited, 20)
    session = limited.session()
    page = session["pages"][0]["id"]
    answer = limited.finalize_answer(session["session_token"], page)
    limited.advance(seconds=retry_after(answer))

    assert limited.finalize_answer(session["session_token"], page).status_code == 200


@pytest.mark.statement("limits.organization")
def test_unkeyed_reads_count_in_no_limit(limited: World) -> None:
    token = limited.session()["session_token"]
    for _ in range(30):
        limited.pending(token)
        limited.call("GET", "/health", None)

    assert read(limited, 601) == [404] * 600 + [429]
    assert limited.pending_answer(token).status_code == 200
    assert limited.call("GET", "/health", None).status_code == 200


@pytest.mark.statement("limits.organization")
def test_call_that_is_refused_for_its_key_or_route_counts_in_no_limit(limited: World) -> None:
    for key in (None, limited.revoked_key, limited.expired_key):
        for _ in range(5):
            limited.list_answer("", key)
    for _ in range(5):
        limited.call("GET", "/nothing")
        limited.call("PUT", "/social-accounts")

    assert read(limited, 601) == [404] * 600 + [429]


@pytest.mark.statement("limits.retry-after")
@pytest.mark.parametrize(
    ("elapsed", "wait"), [(0, 60), (0.001, 60), (0.999, 60), (1, 59), (30, 30), (59, 1), (59.999, 1)]
)
def test_retry_after_tells_in_whole_seconds_how_long_to_wait(limited: World, elapsed: float, wait: int) -> None:
    write(limited, 20)
    limited.advance(seconds=elapsed)
    answer = limited.delete_answer(UNKNOWN)

    assert retry_after(answer) == wait
    assert "retry_after" not in answer.json()
    assert set(answer.json()) == {"type", "title", "status", "detail", "code"}


@pytest.mark.statement("limits.retry-after")
def test_call_is_accepted_after_the_time_that_was_told(limited: World) -> None:
    write(limited, 20)
    limited.advance(seconds=12.345)
    limited.advance(seconds=retry_after(limited.delete_answer(UNKNOWN)))

    assert write(limited) == [404]


@pytest.mark.statement("limits.retry-after")
def test_call_over_both_limits_is_accepted_after_the_time_that_was_told(limited: World) -> None:
    read(limited, 580)
    limited.advance(seconds=30)
    write(limited, 20)
    limited.advance(seconds=retry_after(limited.delete_answer(UNKNOWN)))
    answer = limited.delete_answer(UNKNOWN)
    if answer.status_code == 429:  # the writes' own window, which began later
        limited.advance(seconds=retry_after(answer))
        answer = limited.delete_answer(UNKNOWN)

    assert answer.status_code == 404


@pytest.mark.statement("limits.per-organization")
def test_all_keys_of_an_organization_share_its_limits(limited: World) -> None:
    for key in (limited.key, limited.live_key, limited.readonly_key):
        assert read(limited, 200, key) == [404] * 200
    for key in (limited.key, limited.live_key, limited.readonly_key):
        assert read(limited, 1, key) == [429]


@pytest.mark.statement("limits.per-organization")
def test_no_other_organization_is_affected(limited: World) -> None:
    neighbour = World(limited.request, limited.url, f"{limited.name}-neighbour")
    read(limited, 601)
    write(limited, 21)

    assert read(neighbour) == write(neighbour) == [404]


@pytest.mark.statement("limits.organization")
def test_levers_count_in_no_limit_and_are_never_refused(limited: World) -> None:
    for _ in range(30):
        limited.lever("GET", "/clock")
        limited.make()

    assert read(limited, 601) == [404] * 600 + [429]
    assert limited.make()


@pytest.mark.statement("limits.organization")
def test_reset_forgets_the_calls(limited: World) -> None:
    read(limited, 601)
    limited.reset()

    assert read(limited, 601) == [404] * 600 + [429]


@pytest.mark.statement("limits.organization")
def test_clock_that_is_set_back_locks_nobody_out(limited: World) -> None:
    read(limited, 601)
    limited.advance(days=-1)

    assert read(limited) == [404]


@pytest.mark.statement("limits.organization")
def test_without_the_flag_there_are_no_limits(world: World) -> None:
    assert read(world, 620) == [404] * 620
    assert write(world, 30) == [404] * 30
