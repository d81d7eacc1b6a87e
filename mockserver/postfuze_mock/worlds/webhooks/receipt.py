"""Receives a delivery in an inbox, and says whether its signature is genuine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from postfuze_mock.signatures import SIGNATURE_HEADER
from postfuze_mock.worlds.journal.journal import Headers
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.webhooks.inboxes import inbox_name
from postfuze_mock.worlds.webhooks.verdict import judged

_NAME: Final = SIGNATURE_HEADER.lower().encode()
_VALID: Final = "The delivery was signed with the secret of a webhook that points to this inbox."
_UNKNOWN: Final = "No webhook of any world points to this inbox, so there is no secret to use."


def receive(worlds: Worlds, name: str, headers: Headers, body: bytes, sender: str | None = None) -> None:
    """Store a delivery in the inbox `name`; `sender` is the world that sent it, if it is known."""
    header = b",".join(value for key, value in headers if key.lower() == _NAME).decode("latin-1")
    signature = judged(list(_secrets(worlds, name)), header, body, valid=_VALID, no_secret=_UNKNOWN)
    worlds.context.inboxes.add(name, headers, body, signature, sender)


def _secrets(worlds: Worlds, name: str) -> Iterator[str]:
    """The signing secrets of all webhooks that point to the inbox `name`, in any world."""
    for world in worlds:
        for webhook in world.webhooks:
            if webhook.url.endswith(name) and inbox_name(webhook.url) == name:
                yield webhook.signing_secret
