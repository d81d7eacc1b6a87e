"""Whether the signature of a delivery is genuine, in a word and a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from postfuze_mock.domain.webhooks import Exchange
from postfuze_mock.signatures import SIGNATURE_HEADER, SignatureError, check


class Signature(NamedTuple):
    """What is to be said of a delivery's signature: `valid`, `invalid`, `missing`, `unknown`, and a sentence."""

    verdict: str
    detail: str


def judged(
    secrets: Sequence[str], header: str, body: bytes, *, valid: str, no_secret: str, now: float | None = None
) -> Signature:
    """The verdict on the signature in `header`, made with one of `secrets`, at the time `now` (seconds; None: now).
    `valid` and `no_secret` are the sentences where that is so."""
    if not secrets:
        return Signature("unknown", no_secret)
    try:
        check(body, header, secrets, now=now)
    except SignatureError as error:
        return Signature("invalid" if header else "missing", str(error))
    return Signature("valid", valid)


def of_attempt(exchange: Exchange, body: bytes, secrets: Mapping[str, str], url: str) -> Signature:
    """The verdict on what was sent to `url`, when it came, with the secret of the webhook there now; `secrets` are by
    URL."""
    return judged(
        [secrets[url]] if url in secrets else [],
        exchange.request.get(SIGNATURE_HEADER.lower(), ""),
        body,
        valid="It was signed with the secret that this webhook has.",
        no_secret="The world has no webhook with this URL any more, so there is no secret to use.",
        now=exchange.sent_at / 1000,
    )
