"""The webhook inbox of a world."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeAlias, cast

from postfuze_mock.client.control_api import ControlAPI
from postfuze_mock.client.fields import Json, WebhookFields
from postfuze_mock.client.waits import Deadline, missing

__tracebackhide__ = True  # pytest shows the line of the test that called, not ours

Entries: TypeAlias = list[Json]  # within `Inbox`, `list` is its method
_KEY: Final = re.compile(r"sk_(?:live|test)_([A-Za-z0-9_-]+?)(?:_readonly|_revoked|_expired)?", re.ASCII)


class Inbox:
    """The inbox at `url` of the mock that `api` controls.

    An entry is a delivery as it came: `id`, `received_at`, `event`, `headers`, `body` (raw, as text), `json`, and
    `signature` with a `verdict` (`valid`, `invalid`, `missing`, `unknown`) and a `detail`.
    """

    def __init__(self, api: ControlAPI, url: str) -> None:
        self._api = api
        self.url = url
        self.name = url.rpartition("/")[2]

    def list(self, event: str | None = None, *, since: str | None = None) -> Entries:
        """The entries, oldest first: those of an `event`, and after the entry with the id `since`."""
        return self._api.list_inbox(self.name, event=event, since=since)

    def wait_for(self, event: str, timeout: float = 5.0, *, since: str | None = None) -> Json:
        """The first entry of `event`, once it is there. Raises AssertionError, which says what came instead, if none
        comes within `timeout` seconds."""
        deadline = Deadline(timeout)
        while True:
            wait = deadline.wait
            entries = self._api.list_inbox(self.name, event=event, since=since, wait=wait)
            if entries:
                return entries[0]
            if not wait:
                raise AssertionError(missing(event, timeout, self.list(since=since), f" to the inbox {self.name}"))

    def clear(self) -> None:
        """Remove all entries."""
        self._api.clear_inbox(self.name)

    def __repr__(self) -> str:
        return f"Inbox({self.url!r})"


def inbox_path(key: str | None) -> str:
    """The path of the inbox of the world that `key` opens. Raises ValueError for a key that names no world."""
    match = _KEY.fullmatch(key) if key is not None else None
    if key is None or key.endswith("_…"):  # as the documents print it
        return "/_mock/inbox/demo"
    if match is None:
        raise ValueError("Only a key sk_live_NAME or sk_test_NAME has an inbox; else call put_webhooks and list_inbox.")
    return f"/_mock/inbox/{match[1]}"


def subscribed(webhooks: Sequence[Json], path: str) -> Sequence[WebhookFields] | None:
    """`webhooks`, as the mock returned them, with one for the inbox at `path`; None if there is one."""
    if any(webhook["url"].endswith(path) for webhook in webhooks):
        return None
    return [*(cast(WebhookFields, webhook) for webhook in webhooks), WebhookFields(url=path)]
