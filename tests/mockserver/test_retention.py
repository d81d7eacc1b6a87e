"""How much of the worlds is in memory, tested from inside: no caller can see it, except by the memory."""

from __future__ import annotations

from typing import Any

import pytest

from postfuze_mock.app import make_worlds
from postfuze_mock.settings import Settings
from postfuze_mock.worlds import retention
from postfuze_mock.worlds.accounts import accounts, editing
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.retention import Starts


@pytest.fixture
def worlds() -> Worlds:
    return make_worlds(Settings(clock="2026-06-14T12:10:00Z,frozen"))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer worlds than in a real server keep their accounts."""
    monkeypatch.setattr(retention, "MAX_USED_ONCE", 2)
    monkeypatch.setattr(retention, "MAX_USED_AGAIN", 3)


def page(worlds: Worlds, name: str) -> bytes:
    """What a call of the world `name` returns."""
    return accounts.page(worlds.world(name), {}, None, 25)


def in_memory(worlds: Worlds) -> list[str]:
    """The worlds whose accounts are in memory."""
    return [world.name for world in worlds if world.store.has_loaded()]


def test_using_a_world_makes_no_accounts_before_they_are_needed(worlds: Worlds) -> None:
    world = worlds.world("acme")

    assert world.store.count() == 120
    assert not world.is_changed
    assert in_memory(worlds) == []


@pytest.mark.usefixtures("few")
def test_accounts_of_worlds_that_were_used_once_leave_the_memory(worlds: Worlds) -> None:
    for name in "abcd":
        page(worlds, name)

    assert in_memory(worlds) == ["c", "d"]


@pytest.mark.usefixtures("few")
def test_accounts_of_worlds_that_are_used_again_stay(worlds: Worlds) -> None:
    for name in "aabcd":
        page(worlds, name)
    assert in_memory(worlds) == ["a", "c", "d"]
    page(worlds, "b")
    for name in "efg":
        page(worlds, name)

    assert in_memory(worlds) == ["a", "b", "f", "g"]


@pytest.mark.usefixtures("few")
def test_accounts_that_are_made_again_are_equal(worlds: Worlds) -> None:
    before = page(worlds, "a")
    for name in "bcd":
        page(worlds, name)
    assert "a" not in in_memory(worlds)

    assert page(worlds, "a") == before


@pytest.mark.usefixtures("few")
def test_of_worlds_that_are_used_again_those_stay_that_are_in_use(worlds: Worlds) -> None:
    """`a` is used all the time; the others are used twice."""
    for each in "aa":
        page(worlds, each)
    for name in "bcdefghi":
        for each in (name, name):
            page(worlds, each)
        assert "a" in in_memory(worlds)
        page(worlds, "a")

    assert len(in_memory(worlds)) <= retention.MAX_USED_AGAIN + retention.MAX_USED_ONCE


@pytest.mark.usefixtures("few")
def test_only_the_changed_accounts_of_a_world_stay(worlds: Worlds) -> None:
    world = worlds.world("a")
    (oldest,) = world.store.page({}, None, 200)[-1:]
    editing.create_account(world, {"username": "made"})
    accounts.delete(world, oldest.account()["id"])
    before = world.store.find({})
    for name in "bcdef":
        page(worlds, name)
    assert "a" not in in_memory(worlds)

    assert world.store.find({}) == before
    assert (len(before), world.store.count()) == (120, 120)


@pytest.mark.usefixtures("few")
def test_a_world_that_is_reset_again_and_again_drives_no_other_out(worlds: Worlds) -> None:
    page(worlds, "a")
    for _ in range(10):
        page(worlds, "b")
        worlds.reset(worlds.world("b"))

    assert "a" in in_memory(worlds)


@pytest.mark.parametrize("start", ["page", "change"])
def test_reset_makes_no_accounts(worlds: Worlds, start: str) -> None:
    names = [f"world-{number}" for number in range(50)]
    before = [page(worlds, name) for name in names]
    for name in names if start == "change" else ():
        editing.create_account(worlds.world(name), {})
    for world in worlds:
        worlds.reset(world)

    assert in_memory(worlds) == []
    assert [page(worlds, name) for name in names] == before


def test_only_so_many_starts_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MAX_STARTS", 4)
    forgotten: list[Any] = []
    starts = Starts(forgotten.append)
    for number in range(5):
        starts.add(f"world-{number}", number, None)
    assert (len(starts), forgotten) == (3, ["world-0", "world-1"])
    starts.add("ahead", 7, 11)

    assert [starts.pop(name) for name in ("ahead", "world-4", "ahead")] == [(7, 11), (4, 0), None]
