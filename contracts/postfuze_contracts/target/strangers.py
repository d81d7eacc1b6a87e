"""Looks at another organization's accounts around the first account that a run disconnects.

A deployment that damages the same strangers each time shows this only once, whichever check comes first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from postfuze_contracts.model.exchange import Exchange

_LOOKS = 3  # before and after, so that another client's own deletions are noticed


class Loss(NamedTuple):
    """An account of another organization that was gone after a deletion: the deletion, and the retrieval since."""

    id: str
    deletion: Exchange
    retrieval: Exchange


class Strangers:
    """The other organization, as its own key shows it. `page` lists it, `retrieve` gets one of its accounts."""

    def __init__(self, page: Callable[[], Exchange], retrieve: Callable[[str], Exchange]) -> None:
        self._page = page
        self._retrieve = retrieve
        self._before: set[str] | None = None
        self.losses: list[Loss] = []

    @property
    def watched(self) -> bool:
        """Whether a deletion has been watched already."""
        return self._before is not None

    def stop(self) -> None:
        """Watch no deletion any more, because no check would tell."""
        self._before = set()

    def look_before(self) -> None:
        """Remember the accounts, unless some vanish without this run."""
        looks = [_ids(self._page()) for _ in range(_LOOKS)]
        self._before = looks[-1] if looks[0] <= looks[-1] else set()

    def look_after(self, deletion: Exchange) -> None:
        """Record which of the remembered accounts are gone. If more vanish meanwhile, another client deletes them."""
        missing = sorted((self._before or set()) - _ids(self._page()))
        losses = [Loss(id, deletion, got) for id in missing[:3] if (got := self._retrieve(id)).status == 404]
        looks = [_ids(self._page()) for _ in range(_LOOKS)] if losses else []
        if losses and looks[0] <= looks[-1]:
            self.losses += losses


def _ids(page: Exchange) -> set[str]:
    return {str(row["id"]) for row in page.objects("data") if "id" in row} if page.status == 200 else set()
