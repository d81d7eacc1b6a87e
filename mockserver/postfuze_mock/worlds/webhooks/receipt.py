"""Receives a delivery in an inbox, and says whether its signature is genuine."""

from __future__ import annotations

from collections.abc import Iterator

from postfuze_mock.signatures import SIGNATURE_HEADER, SignatureError, check
from postfuze_mock.worlds.journal.journal import Headers
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.webhooks.inboxes import Signature, inbox_name

_NAME = SIGNATURE_HEADER.lower().encode()


def receive(worlds: Worlds, name: str, headers: Headers, body: bytes, sender: str | None = None) -> None:
    """Store a delivery in the inbox `name`; `sender` is the world that sent it, if it is known."""
    worlds.context.inboxes.add(name, headers, body, _judged(list(_secrets(worlds, name)), headers, body), sender)


def _secrets(worlds: Worlds, name: str) -> Iterator[str]:
    """The signing secrets of all webhooks that point to the inbox `name`, in any world."""
    for world in worlds:
        for webhook in world.webhooks:
            if webhook.url.endswith(name) and inbox_name(webhook.url) == name:
                yield webhook.signing_secret


def _judged(secrets: list[str], headers: Headers, body: bytes) -> Signature:
    if not secrets:
        return Signature("unknown", "No webhook of any world points to this inbox, so there is no secret to use.")
    header = b",".join(value for key, value in headers if key.lower() == _NAME).decode("latin-1")
    try:
        check(body, header, secrets)
    except SignatureError as error:
        return Signature("invalid" if header else "missing", str(error))
    return Signature("valid", "The delivery was signed with the secret of a webhook that points to this inbox.")
