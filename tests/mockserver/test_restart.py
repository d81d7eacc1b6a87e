"""`--state-file`: worlds survive a restart, and an invalid file is unchanged."""

from __future__ import annotations

import json
import stat
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from tests.mockserver.conftest import Start
from tests.mockserver.webhooks.receiver import receiving
from tests.support.servers import LocalMock, RunningMock
from tests.support.times import until

from postfuze_mock.client import Mock

CLOCK: Final = "2026-06-14T12:10:00.000Z"
FROZEN: Final = ("--clock", f"{CLOCK},frozen")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


def lived_in(mock: RunningMock, name: str = "acme") -> dict[str, Any]:
    """Use a world; returns its state."""
    world = mock.client(name)
    account = world.create_account(platform="x", username="kept", behaviour={"refresh": "fails"})
    world.create_snapshots(account["id"], [{"captured_at": "2026-06-01T06:00:00Z", "followers": 5}])
    world.delete_account(world.search_accounts(limit=1, platform="facebook")[0]["id"])
    world.create_session("facebook", 2)
    world.create_fault(operation="deleteSocialAccount", effect={"status": 503}, times=3)
    world.put_webhooks([{"url": "http://127.0.0.1:9/hook", "events": ["account.reauth_required"]}])
    world.put_journal_settings(size=7)
    world.advance_clock(60)
    return world.get_state()


def test_restored_world_continues_unchanged(start: Start, file: Path) -> None:
    """This covers future ids and tokens, earlier cursors, sessions and expiries."""
    alone, first = start(*FROZEN), start(*FROZEN, "--state-file", file)
    lived_in(alone), lived_in(first)
    cursor = first.caller("sk_test_acme").get("/social-accounts", limit=2).json["next_cursor"]
    first.stop()
    second = start("--state-file", file)

    mocks = [each.client("acme") for each in (alone, second)]
    assert len({json.dumps([m.create_account(), m.create_session("facebook", 2)]) for m in mocks}) == 1
    pages = [each.caller("sk_test_acme").get("/social-accounts", limit=2, cursor=cursor) for each in (alone, second)]
    assert pages[0].body == pages[1].body
    (session, _) = mocks[1].list_sessions()
    path = f"/social-accounts/pending/{session['session_token']}"
    assert second.caller(None).get(path).json["network"] == "facebook"


def test_reset_after_a_restart_restores_the_initial_state(start: Start, file: Path) -> None:
    first = start(*FROZEN, "--seed", "5", "--assume", "list.disabled=hidden", "--state-file", file)
    fresh, untouched = first.client("acme").get_state(), first.client("other").get_state()
    lived_in(first)
    first.client("other").reset(world={"generate": {"facebook": 2}, "clock": "2027-01-01T00:00:00Z,frozen"}, seed=9)
    other = first.client("other").get_state()
    lived_in(first, "other")
    first.stop()
    second = start("--state-file", file)  # with none of the flags that the worlds were made with
    second.client("other").reset(keep_world=True)
    assert second.client("other").get_state() == other
    for name in ("acme", "other"):
        second.client(name).reset()

    assert second.client("acme").get_state() == fresh
    assert second.client("other").get_state() == untouched


def test_unchanged_world_is_saved_without_its_accounts_and_comes_back_equal(start: Start, file: Path) -> None:
    """Its clock is real time, so that a later start would show."""
    first = start("--state-file", file)
    before = first.caller("sk_test_acme").get("/social-accounts", limit=100).body
    first.stop()
    second = start("--state-file", file, "--max-worlds", "2")

    assert json.loads(file.read_bytes())["worlds"]["acme"]["state"]["accounts"] == []
    assert second.caller("sk_test_acme").get("/social-accounts", limit=100).body == before
    for name in "abc":  # acme makes room
        second.client(name).search_accounts()
    assert second.client("c").get_mock_health()["worlds"] == 2
    assert second.caller("sk_test_acme").get("/social-accounts", limit=100).body == before


def test_world_with_another_clock_than_the_server_does_not_make_room(start: Start, file: Path) -> None:
    first = start(*FROZEN, "--state-file", file)
    first.client("acme").search_accounts()
    first.stop()
    second = start("--state-file", file, "--max-worlds", "2")
    for name in "abc":
        second.client(name).search_accounts()

    assert second.client("acme").get_clock() == {"now": CLOCK, "frozen": True}


def test_undelivered_event_is_delivered_after_a_restart(start: Start, file: Path) -> None:
    with receiving() as receiver:
        receiver.next(503)
        first = start(*FROZEN, "--state-file", file)
        world = first.client("acme")
        world.put_webhooks([{"url": receiver.url, "signing_secret": "whsec_kept"}])
        world.delete_account(world.search_accounts(limit=1)[0]["id"])
        receiver.wait_for(1)
        until(lambda: world.list_events()[0]["deliveries"][0]["status"] == "failed", "the failed delivery")
        first.stop()
        second = start("--state-file", file)
        second.client("acme").advance_clock(60)
        first_delivery, again = receiver.wait_for(2)

    assert again.event == first_delivery.event
    assert again.is_signed_with("whsec_kept")


def test_clocks_preserve_their_offset_over_a_restart(start: Start, file: Path) -> None:
    first = start("--state-file", file)
    first.client("real").get_clock()
    first.client("ahead").advance_clock(timedelta(days=365).total_seconds())
    first.stop()
    second = start("--state-file", file)

    before, real, ahead, after = (now(second.client(name)) for name in ("unused", "real", "ahead", "unused"))
    assert before <= real <= after
    assert before <= ahead - timedelta(days=365) <= after


def test_equal_worlds_make_equal_files(start: Start, tmp_path: Path) -> None:
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    for file in files:
        mock = start(*FROZEN, "--state-file", file)
        lived_in(mock)
        mock.stop()

    assert files[0].read_bytes() == files[1].read_bytes()


def test_restart_without_a_change_leaves_the_file(start: Start, file: Path) -> None:
    mock = start(*FROZEN, "--state-file", file)
    lived_in(mock)
    mock.stop()
    before = file.read_bytes()
    modified = file.stat().st_mtime_ns
    start("--state-file", file).stop()

    assert (file.read_bytes(), file.stat().st_mtime_ns) == (before, modified)


def test_unused_server_writes_no_file(start: Start, file: Path) -> None:
    start("--state-file", file).stop()

    assert not file.exists()


def test_file_is_readable_only_by_its_owner(start: Start, file: Path) -> None:
    mock = start("--state-file", file)
    lived_in(mock)
    mock.stop()

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_symbolic_link_is_preserved(start: Start, file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(file)
    mock = start("--state-file", link)
    lived_in(mock)
    mock.stop()

    assert link.is_symlink()
    assert "acme" in json.loads(file.read_bytes())["worlds"]


def test_only_the_lock_remains_beside_the_file(start: Start, file: Path, tmp_path: Path) -> None:
    mock = start("--state-file", file)
    lived_in(mock)
    mock.stop()

    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["state.json", "state.json.lock"]


def test_failed_write_is_logged_and_repeated(start: Start, tmp_path: Path) -> None:
    folder, away = tmp_path / "kept", tmp_path / "away"
    folder.mkdir()
    mock = start(*FROZEN, "--state-file", folder / "state.json")
    lived_in(mock)
    until((folder / "state.json").exists, "the first autosave")
    folder.rename(away)
    mock.client("acme").advance_clock(1)
    until(lambda: "state.json is not written" in mock.log, "the complaint")
    state = mock.client("acme").get_state()
    away.rename(folder)
    until(lambda: state_in(folder / "state.json") == state, "the next autosave")

    until(lambda: "state.json is written again" in mock.log, "the all-clear")
    assert mock.log.count("is not written") == 1
    assert "Traceback" not in mock.log


@pytest.mark.parametrize(
    ("content", "message"),
    [('{"version": 2, "worlds": {}}', "of version 2; this postfuze-mock reads version 1"), ("{", "not a state file")],
)
def test_invalid_file_is_refused_and_unchanged(content: str, message: str, file: Path) -> None:
    file.write_text(content, encoding="utf-8")

    assert message in refusal(file)
    assert file.read_text(encoding="utf-8") == content


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (".", "is a folder"),
        ("missing/state.json", "No such file or directory"),
        ("x" * 240, "File name too long"),  # those of the fresh files are longer
    ],
    ids=["folder", "missing folder", "long name"],
)
def test_unwritable_location_is_refused(path: str, message: str, tmp_path: Path) -> None:
    assert message in refusal(tmp_path / path)


def refusal(file: Path) -> str:
    """The one sentence with which a start with `file` ends."""
    with pytest.raises((ValueError, OSError)) as error:
        LocalMock("--state-file", file)
    sentence = str(error.value)
    assert str(file.resolve()) in sentence
    assert "\n" not in sentence
    return sentence


def now(world: Mock) -> datetime:
    return datetime.fromisoformat(world.get_clock()["now"])


def state_in(file: Path) -> dict[str, Any]:
    """The state of acme in a file."""
    state: dict[str, Any] = json.loads(file.read_bytes())["worlds"]["acme"]["state"]
    return state
