"""`postfuze_mock.webhooks.verify` says why a delivery is not genuine."""

from __future__ import annotations

import json
from typing import Any

import pytest

from postfuze_mock.signatures import check, signature
from postfuze_mock.webhooks import SignatureError, verify

SECRET, NOW = "whsec_acme", 1_781_438_400
EVENT = {"id": "evt_1", "event": "account.connected", "data": {"display_name": "Zoë 🦊"}}
BODY = json.dumps(EVENT, ensure_ascii=False).encode()
HEADER = signature(SECRET, NOW, BODY)


def test_genuine_delivery_is_returned_as_its_event() -> None:
    assert verify(BODY, HEADER, SECRET, now=NOW) == EVENT
    assert verify(BODY.decode(), HEADER, SECRET, now=NOW) == EVENT


def test_signature_is_valid_for_the_tolerance_before_and_after() -> None:
    for now in (NOW - 10, NOW + 10):
        assert verify(BODY, HEADER, SECRET, tolerance=10, now=now) == EVENT
    with pytest.raises(SignatureError, match=r"^The signature is 11 seconds old, more than 10: it may be a replay\.$"):
        verify(BODY, HEADER, SECRET, tolerance=10, now=NOW + 11)
    with pytest.raises(SignatureError, match="301 seconds ahead of this clock"):
        verify(BODY, HEADER, SECRET, now=NOW - 301)


@pytest.mark.parametrize(
    ("body", "header", "reason"),
    [
        (BODY, None, "no header X-PostFuze-Signature"),
        (BODY, "", "no header X-PostFuze-Signature"),
        (BODY, "sha256=abc", r"must be t=UNIX,v1=HEX; it is 'sha256=abc'\.$"),
        (BODY, f"{HEADER},t=1", "must be t=UNIX,v1=HEX"),
        (BODY, HEADER.replace("t=1", "t=-1"), "must be t=UNIX,v1=HEX"),
        (BODY, HEADER.replace("t=1", "t=١"), "must be t=UNIX,v1=HEX"),
        (BODY, f"t={'9' * 5000},v1=0", "must be t=UNIX,v1=HEX; it is 't=9{98}…'"),
        (BODY, HEADER[:-1], "does not match"),
        (BODY, f"t={NOW},v1=ä", "does not match"),
        (BODY.replace(b"evt_1", b"evt_2"), HEADER, "does not match"),
        (b"\xff", signature(SECRET, NOW, b"\xff"), "it is not JSON"),
        (b"[1]", signature(SECRET, NOW, b"[1]"), "not a JSON object"),
    ],
)
def test_reason_is_one_sentence(body: bytes, header: str | None, reason: str) -> None:
    with pytest.raises(SignatureError, match=reason) as refused:
        verify(body, header, SECRET, now=NOW)
    assert "\n" not in str(refused.value)


def test_parsed_body_is_refused() -> None:
    parsed: Any = EVENT
    with pytest.raises(TypeError, match="raw body"):
        verify(parsed, HEADER, SECRET, now=NOW)


def test_one_of_several_secrets_or_signatures_is_enough() -> None:
    check(BODY, HEADER, ("whsec_before", SECRET), now=NOW)
    check(BODY, f"{HEADER},v1=00", (SECRET,), now=NOW)
    with pytest.raises(SignatureError, match="does not match"):
        check(BODY, HEADER, (), now=NOW)
