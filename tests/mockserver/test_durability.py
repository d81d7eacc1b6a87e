"""`--state-file-sync always`: what is answered is in the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from tests.mockserver.conftest import Start
from tests.mockserver.consent.flow import Attempt
from tests.mockserver.test_restart import FROZEN, state_in
from tests.support import schemas
from tests.support.servers import LocalMock
from tests.support.times import until

from postfuze_mock.client import Mock
from postfuze_mock.worlds.persistence import autosave

KEY: Final = "sk_test_acme"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept" / "state.json"


@pytest.fixture
def mock(start: Start, file: Path) -> LocalMock:
    return start(*FROZEN, "--state-file", file, "--state-file-sync", "always")


@pytest.fixture
def restored(start: Start, file: Path) -> Callable[[], dict[str, Any]]:
    """What another server has of acme that starts with a copy of the file as it is now."""

    def restore() -> dict[str, Any]:
        copy = file.with_name("copy.json")
        copy.write_bytes(file.read_bytes())
        return start(*FROZEN, "--state-file", copy).client("acme").get_state()

    return restore


def first(mock: LocalMock, platform: str = "x") -> str:
    """The id of an account of acme."""
    id: str = mock.caller(KEY).get("/social-accounts", platform=platform, limit=1).json["data"][0]["id"]
    return id


def call(method: str, path: str, body: object = None) -> Callable[[LocalMock], object]:
    """A call of the API; `{id}` in its path is the id of an account."""
    return lambda mock: mock.caller(KEY).call(method, "/api/v1" + path.replace("{id}", first(mock)), body)


def control(act: Callable[[Mock], object]) -> Callable[[LocalMock], object]:
    return lambda mock: act(mock.client("acme"))


def connect(mock: LocalMock) -> None:
    answer = mock.caller(KEY).call("POST", "/api/v1/social-networks/facebook/auth-url", {})
    Attempt(answer.json["auth_url"]).decide("approve", pages=2)


def finalize(mock: LocalMock) -> None:
    session = mock.client("acme").create_session("facebook", 2)
    path = f"/api/v1/social-accounts/pending/{session['session_token']}/finalize"
    mock.caller(None).call("POST", path, {"page_ids": [session["pages"][0]["id"]]})


def hit(mock: LocalMock) -> None:
    mock.client("acme").create_fault(operation="getSocialAccount", effect={"status": 503, "delay_ms": 1})
    mock.caller(KEY).get(f"/social-accounts/{first(mock)}")


CHANGES: Final[dict[str, Callable[[LocalMock], object]]] = {
    "first call": call("GET", "/social-accounts"),
    "delete": call("DELETE", "/social-accounts/{id}"),
    "live metrics": call("GET", "/social-accounts/{id}/metrics?live=true"),
    "health probe": call("GET", "/social-accounts/{id}/health"),
    "auth-url": call("POST", "/social-networks/facebook/auth-url", {}),
    "consent": connect,
    "finalize": finalize,
    "fault that hits": hit,
    "created account": control(lambda world: world.create_account()),
    "session": control(lambda world: world.create_session("facebook", 2)),
    "clock": control(lambda world: world.advance_clock(60)),
    "fault": control(lambda world: world.create_fault(operation="*", effect={"status": 503})),
    "webhooks": control(lambda world: world.put_webhooks([{"url": "http://127.0.0.1:9/"}])),
    "journal": control(lambda world: world.put_journal_settings(size=7)),
    "reset": control(lambda world: world.reset(seed=3)),
    "state": control(lambda world: world.put_state({**world.get_state(), "seed": 5})),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_answered_change_is_in_the_file(
    change: Callable[[LocalMock], object], mock: LocalMock, restored: Callable[[], dict[str, Any]]
) -> None:
    change(mock)

    assert restored() == mock.client("acme").get_state()


def test_reset_of_all_worlds_is_in_the_file(mock: LocalMock, restored: Callable[[], dict[str, Any]]) -> None:
    before = mock.client("acme").get_state()
    mock.client("acme").create_account()
    mock.client("other").reset(all=True)

    assert restored() == mock.client("acme").get_state() == before


def test_write_that_changes_nothing_writes_nothing(mock: LocalMock, file: Path) -> None:
    world = mock.client("acme")
    world.put_clock(now="2026-07-01T00:00:00Z")
    modified = file.stat().st_mtime_ns
    world.put_clock(now="2026-07-01T00:00:00Z")

    assert file.stat().st_mtime_ns == modified


def test_read_writes_nothing(mock: LocalMock, file: Path) -> None:
    id = first(mock)
    modified = file.stat().st_mtime_ns
    mock.caller(KEY).get(f"/social-accounts/{id}")
    mock.client("acme").get_state()
    mock.client("acme").list_events()

    assert file.stat().st_mtime_ns == modified


@pytest.fixture
def unwritable(mock: LocalMock, file: Path) -> dict[str, Any]:
    """An account of `mock`, whose file cannot be written any more."""
    account = mock.client("acme").create_account()
    file.parent.rename(file.parent.with_name("away"))
    return account


def delete(mock: LocalMock, account: dict[str, Any]) -> httpx.Response:
    headers = {"Authorization": f"Bearer {KEY}"}
    return httpx.delete(f"{mock.url}/api/v1/social-accounts/{account['id']}", headers=headers)


def test_change_that_is_not_saved_is_no_success(mock: LocalMock, unwritable: dict[str, Any]) -> None:
    answer = delete(mock, unwritable)

    problem = answer.json()
    schemas.check("Problem", problem)
    assert (answer.status_code, problem["status"]) == (503, 503)
    assert (problem["code"], "No such file or directory" in problem["detail"]) == ("not_saved", True)
    (entry,) = mock.client("acme").list_requests()
    assert (entry["status"], entry["reason"]["rule"]) == (503, "mock.not-saved")


@pytest.mark.usefixtures("unwritable")
def test_same_write_again_is_no_success_either(mock: LocalMock) -> None:
    """It changes nothing, because the first one did."""
    headers, clock = {"Authorization": f"Bearer {KEY}"}, {"now": "2026-07-01T00:00:00Z"}
    answers = [httpx.put(f"{mock.url}/_mock/clock", json=clock, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [503, 503]


def test_reads_do_not_wait_for_the_file(mock: LocalMock, unwritable: dict[str, Any]) -> None:
    assert delete(mock, unwritable).status_code == 503

    assert mock.caller(KEY).get("/social-accounts").status == 200
    assert mock.caller(KEY).get(f"/social-accounts/{unwritable['id']}").status == 404


def test_file_that_can_be_written_again_is(mock: LocalMock, unwritable: dict[str, Any], file: Path) -> None:
    assert delete(mock, unwritable).status_code == 503
    file.parent.with_name("away").rename(file.parent)
    state = mock.client("acme").get_state()

    until(lambda: state_in(file) == state, "the next save")
    until(lambda: "is written again" in mock.log, "the all-clear")
    assert mock.log.count("is not written") == 1


@pytest.mark.usefixtures("unwritable")
def test_lost_changes_are_reported_at_the_end(mock: LocalMock, caplog: pytest.LogCaptureFixture) -> None:
    mock.client("acme").get_clock()
    httpx.post(f"{mock.url}/_mock/accounts", json={}, headers={"Authorization": f"Bearer {KEY}"})
    mock.stop()

    assert "The last changes are lost: " in caplog.text


@pytest.fixture(params=[("QUICK", 0.0), ("LATE", -1.0)], ids=["slow", "late"])
def slow(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, start: Start, file: Path) -> LocalMock:
    """A mock that syncs in intervals, and finds each save too slow or too late. One has been made."""
    monkeypatch.setattr(autosave, *request.param)
    mock = start(*FROZEN, "--state-file", file)
    mock.client("acme").create_account()
    until(file.exists, "the first save")
    return mock


def test_answers_wait_where_saves_are_too_slow_or_late_for_a_second(slow: LocalMock, file: Path) -> None:
    slow.client("acme").create_account()

    assert state_in(file) == slow.client("acme").get_state()


def test_file_that_cannot_be_written_fails_no_call_in_intervals(slow: LocalMock, file: Path) -> None:
    file.parent.rename(file.parent.with_name("away"))
    for _ in range(3):
        slow.client("acme").create_account()
    file.parent.with_name("away").rename(file.parent)
    state = slow.client("acme").get_state()

    until(lambda: state_in(file) == state, "the next save")
