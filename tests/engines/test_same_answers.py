"""Every engine gives the same answers, byte for byte, also when each call goes to another process."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from tests.engines.conftest import FROZEN, Share, Start
from tests.engines.play import MASKS, SHARED_OUT, Exchange, Mask, Player, check_same
from tests.engines.script import CHAPTERS, Chapter, limits
from tests.support.processes import MockProcess


def played(url: str, chapters: Sequence[Chapter] = CHAPTERS) -> list[Exchange]:
    """What comes of the chapters on the server at `url`."""
    with closing(Player(url)) as player:
        for chapter in chapters:
            chapter(player)
        return player.exchanges


def check(
    url: str, expected: list[Exchange], chapters: Sequence[Chapter] = CHAPTERS, masks: Sequence[Mask] = MASKS
) -> None:
    """Fail with the first call that the server at `url` answers in another way."""
    with closing(Player(url)) as player:
        try:
            for chapter in chapters:
                chapter(player)
        except Exception:  # an answer lacks what a later call needs
            check_same(expected[: len(player.exchanges)], player.exchanges, masks)
            raise
        check_same(expected, player.exchanges, masks)


@pytest.fixture(scope="module")
def in_memory(tmp_path_factory: pytest.TempPathFactory) -> list[Exchange]:
    """The answers of the engine that is the default."""
    server = MockProcess(*FROZEN, folder=tmp_path_factory.mktemp("memory"))
    exchanges = played(server.url)
    server.stop()
    return exchanges


def test_same_calls_get_the_same_answers(start: Start, in_memory: list[Exchange]) -> None:
    check(start(*FROZEN).url, in_memory)


@pytest.mark.parametrize("processes", [1, 2])
def test_shared_engine_gives_the_answers_of_memory(share: Share, in_memory: list[Exchange], processes: int) -> None:
    masks = MASKS if processes == 1 else (*MASKS, *SHARED_OUT)
    check(share(processes, *FROZEN).url, in_memory, masks=masks)


@pytest.mark.parametrize("processes", [1, 3])
def test_rate_limits_are_those_of_memory(share: Share, start: Start, processes: int) -> None:
    flags = (*FROZEN, "--rate-limits")
    check(share(processes, *flags).url, played(start(*flags).url, [limits]), [limits])


def test_other_settings_give_the_answers_of_memory(share: Share, start: Start, tmp_path: Path) -> None:
    """A world file with keys and sessions of its own, another seed, and assumptions that are decided otherwise."""
    file = tmp_path / "world.json"
    file.write_text('{"generate": {"facebook": 4, "x": 3}, "clock": "2026-06-14T12:10:00Z,frozen"}')
    flags = ("--world", file, "--seed", "7", "--assume", "list.disabled=hidden", "--assume", "delete.unknown=404")
    check(share(2, *flags).url, played(start(*flags).url, CHAPTERS[:4]), CHAPTERS[:4])
