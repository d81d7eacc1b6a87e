"""Every engine gives the same answers, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence

from tests.engines.conftest import FROZEN, Start
from tests.engines.play import Exchange, Player, check_same
from tests.engines.script import CHAPTERS, Chapter


def played(url: str, chapters: Sequence[Chapter] = CHAPTERS) -> list[Exchange]:
    """What comes of the chapters on the server at `url`."""
    player = Player(url)
    for chapter in chapters:
        chapter(player)
    player.close()
    return player.exchanges


def test_same_answers(start: Start) -> None:
    check_same(played(start(*FROZEN).url), played(start(*FROZEN).url))
