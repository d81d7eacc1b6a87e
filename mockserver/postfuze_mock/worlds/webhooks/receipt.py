"""Receives a delivery in an inbox, and says whether its signature is genuine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from postfuze_mock.signatures import SIGNATURE_HEADER
from postfuze_mock.worlds.journal.journal import Headers
from postfuze_mock.worlds.webhooks.inboxes import Inboxes
from postfuze_mock.worlds.webhooks.verdict import Signature, judged

_NAME: Final = SIGNATURE_HEADER.lower().encode()
_VALID: Final = "The delivery was signed with the secret of a webhook that points to this inbox."
_UNKNOWN: Final = "No webhook of any world points to this inbox, so there is no secret to use."


def receive(inboxes: Inboxes, name: str, headers: Headers, body: bytes) -> None:
    """Store what somebody sent to the inbox `name`."""
    inboxes.add(name, headers, body, _judged(inboxes.secrets(name), headers, body))


def receive_own(inboxes: Inboxes, name: str, headers: Headers, body: bytes, secret: str, sender: str) -> None:
    """Store what the world `sender` sends to the inbox `name`, signed with the `secret` of its webhook."""
    inboxes.add(name, headers, body, _judged([secret], headers, body), sender)


def _judged(secrets: Sequence[str], headers: Headers, body: bytes) -> Signature:
    header = b",".join(value for key, value in headers if key.lower() == _NAME).decode("latin-1")
    return judged(secrets, header, body, valid=_VALID, no_secret=_UNKNOWN)
