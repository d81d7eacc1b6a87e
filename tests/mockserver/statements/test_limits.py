"""Rate limits: 600 calls, and within them 20 writes on accounts, in fixed windows of 60 seconds."""

from __future__ import annotations

import httpx
import pytest
from tests.support.world import World

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def read(world: World, times: int = 1, key: str = "own") -> list[int]:
    """The statuses of `times` cheap reads."""
    return [world.get_response(UNKNOWN, key).status_code for _ in range(times)]


def write(world: World, times: int = 1, key: str = "own") -> list[int]:
    """The statuses of `times` deletions of unknown accounts."""
    return [world.delete_response(UNKNOWN, key).status_code for _ in range(times)]


def retry_after(response: httpx.Response) -> int:
    assert response.status_code == 429
    assert response.headers["retry-after"].isdecimal()
    return int(response.headers["retry-after"])


@pytest.mark.statement("limits.organization")
def test_six_hundred_calls_pass_and_the_next_is_refused(limited: World) -> None:
    assert read(limited, 600) == [404] * 600
    assert read(limited, 2) == [429, 429]
    assert limited.list_response().json() == {
        "type": "about:blank",
        "title": "Too Many Requests",
        "status": 429,
        "detail": "Rate limit exceeded; retry in 60 s.",
        "code": "rate_limited",
    }


@pytest.mark.statement("limits.organization", "limits.account-writes")
def test_every_keyed_operation_counts_toward_the_limit(limited: World) -> None:
    id = limited.page()["data"][0]["id"]
    for _ in range(19):
        limited.get(id)
        limited.metrics(id)
        limited.metrics(id, since=0)
        limited.health(id)
        limited.delete_response(UNKNOWN)
        limited.auth_url_response()
    assert read(limited, 600 - 1 - 6 * 19) == [404] * (600 - 1 - 6 * 19)

    for response in (
        limited.list_response(),
        limited.get_response(id),
        limited.metrics_response(id),
        limited.health_response(id),
        limited.delete_response(id),
        limited.auth_url_response(),
    ):
        assert response.status_code == 429


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
def test_refused_calls_do_not_extend_the_window(limited: World) -> None:
    read(limited, 600)
    for _ in range(6):
        limited.advance(seconds=9.9)
        assert read(limited) == [429]
    limited.advance(seconds=0.6)

    assert read(limited) == [404]


@pytest.mark.statement("limits.account-writes")
def test_twenty_writes_pass_the_next_is_refused_and_reads_continue(limited: World) -> None:
    assert write(limited, 21) == [404] * 20 + [429]
    assert read(limited) == [404]
    assert limited.auth_url_response().status_code == 200
    limited.advance(seconds=59.999)
    assert write(limited) == [429]
    limited.advance(seconds=0.001)

    assert write(limited, 21) == [404] * 20 + [429]


@pytest.mark.statement("limits.account-writes")
def test_refused_write_deletes_nothing(limited: World) -> None:
    write(limited, 20)
    account = limited.page(limit=1)["data"][0]

    assert limited.delete_response(account["id"]).status_code == 429
    assert limited.get(account["id"]) == account


@pytest.mark.statement("limits.account-writes", "limits.organization")
def test_writes_count_in_both_limits(limited: World) -> None:
    assert write(limited, 20) == [404] * 20
    assert read(limited, 581) == [404] * 580 + [429]
    assert write(limited) == [429]


@pytest.mark.statement("limits.account-writes")
@pytest.mark.assumption("limits.unkeyed-finalize", "counted")
def test_finalizing_counts_only_as_a_write_of_the_sessions_organization(limited: World) -> None:
    session = limited.session()
    statuses = [limited.finalize_response(session["session_token"], "unknown").status_code for _ in range(21)]

    assert statuses == [422] * 20 + [429]
    assert read(limited, 599) == [404] * 599
    assert write(limited) == [429]


@pytest.mark.statement("limits.account-writes", "connect.kept-until-finalized")
def test_rate_limited_finalization_leaves_the_session_unchanged(limited: World) -> None:
    write(limited, 20)
    session = limited.session()
    page = session["pages"][0]["id"]
    response = limited.finalize_response(session["session_token"], page)
    limited.advance(seconds=retry_after(response))

    assert limited.finalize_response(session["session_token"], page).status_code == 200


@pytest.mark.statement("limits.organization")
def test_unkeyed_reads_do_not_count(limited: World) -> None:
    token = limited.session()["session_token"]
    for _ in range(30):
        limited.pending(token)
        limited.call("GET", "/health", None)

    assert read(limited, 601) == [404] * 600 + [429]
    assert limited.pending_response(token).status_code == 200
    assert limited.call("GET", "/health", None).status_code == 200


@pytest.mark.statement("limits.organization")
def test_call_with_an_invalid_key_or_route_does_not_count(limited: World) -> None:
    for key in (None, limited.revoked_key, limited.expired_key):
        for _ in range(5):
            limited.list_response("", key)
    for _ in range(5):
        limited.call("GET", "/nothing")
        limited.call("PUT", "/social-accounts")

    assert read(limited, 601) == [404] * 600 + [429]


@pytest.mark.statement("limits.retry-after")
@pytest.mark.parametrize(
    ("elapsed", "wait"), [(0, 60), (0.001, 60), (0.999, 60), (1, 59), (30, 30), (59, 1), (59.999, 1)]
)
def test_retry_after_is_the_wait_in_whole_seconds(limited: World, elapsed: float, wait: int) -> None:
    write(limited, 20)
    limited.advance(seconds=elapsed)
    response = limited.delete_response(UNKNOWN)

    assert retry_after(response) == wait
    assert "retry_after" not in response.json()
    assert set(response.json()) == {"type", "title", "status", "detail", "code"}


@pytest.mark.statement("limits.retry-after")
def test_call_is_accepted_after_retry_after(limited: World) -> None:
    write(limited, 20)
    limited.advance(seconds=12.345)
    limited.advance(seconds=retry_after(limited.delete_response(UNKNOWN)))

    assert write(limited) == [404]


@pytest.mark.statement("limits.retry-after")
def test_call_over_both_limits_is_accepted_after_retry_after(limited: World) -> None:
    read(limited, 580)
    limited.advance(seconds=30)
    write(limited, 20)
    limited.advance(seconds=retry_after(limited.delete_response(UNKNOWN)))
    response = limited.delete_response(UNKNOWN)
    if response.status_code == 429:  # the window of writes, which began later
        limited.advance(seconds=retry_after(response))
        response = limited.delete_response(UNKNOWN)

    assert response.status_code == 404


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
def test_control_calls_do_not_count_and_are_never_refused(limited: World) -> None:
    for _ in range(30):
        limited.control("GET", "/clock")
        limited.make()

    assert read(limited, 601) == [404] * 600 + [429]
    assert limited.make()


@pytest.mark.statement("limits.organization")
def test_reset_clears_the_counted_calls(limited: World) -> None:
    read(limited, 601)
    limited.reset()

    assert read(limited, 601) == [404] * 600 + [429]


@pytest.mark.statement("limits.organization")
def test_clock_set_back_does_not_lock_callers_out(limited: World) -> None:
    read(limited, 601)
    limited.advance(days=-1)

    assert read(limited) == [404]


@pytest.mark.statement("limits.organization")
def test_limits_are_off_by_default(world: World) -> None:
    assert read(world, 620) == [404] * 620
    assert write(world, 30) == [404] * 30
