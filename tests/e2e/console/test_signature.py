"""`shared/signature.js` comes to the verdicts of `postfuze_mock.signatures`, step by step."""

from __future__ import annotations

from typing import Any, Final

import pytest
from tests.e2e.console.console import Console

from postfuze_mock.client.fields import Json
from postfuze_mock.signatures import SignatureError, check, signature

SECRET: Final = "whsec_mine"
BODY: Final = '{"id":"1","event":"account.connected","data":{"username":"Jörg 🙂"}}'
NOW: Final = 1_781_439_000
GENUINE: Final = signature(SECRET, NOW, BODY.encode())
#: Header, secret, seconds from the signature to now.
DELIVERIES: Final = [
    (GENUINE, SECRET, 0),
    (GENUINE, SECRET, 300),
    (GENUINE, SECRET, 301),
    (GENUINE, SECRET, -301),
    (GENUINE, "whsec_other", 0),
    (f"v1=00,{GENUINE}", SECRET, 0),
    (GENUINE.replace(",", " , "), SECRET, 0),
    (GENUINE.upper(), SECRET, 0),
    (f"{GENUINE},t=1", SECRET, 0),
    (f"t={NOW}", SECRET, 0),
    ("t=yesterday,v1=00", SECRET, 0),
    ("", SECRET, 0),
]

STEPS: Final = """
async ([secret, header, body, now]) => {
  const {steps} = await import("/_mock/shared/signature.js");
  return steps({secret, headers: header ? {"X-Postfuze-Signature": header} : {}, body, now});
}
"""


def steps(console: Console, header: str, secret: str = SECRET, now: int = NOW) -> list[Json]:
    result: list[dict[str, Any]] = console.page.evaluate(STEPS, [secret, header, BODY, now])
    return result


def is_genuine(header: str, secret: str, now: int) -> bool:
    try:
        check(BODY.encode(), header, [secret], now=now)
    except SignatureError:
        return False
    return True


def test_steps_end_with_the_verdict_of_the_python_module(console: Console) -> None:
    console.open("events")
    for header, secret, age in DELIVERIES:
        verdict = steps(console, header, secret, NOW + age)[-1]["ok"]
        assert verdict is is_genuine(header, secret, NOW + age), (header, secret, age)


def test_step_has_the_value_that_a_receiver_computes(console: Console) -> None:
    console.open("events")
    values = {each["title"]: each["value"] for each in steps(console, GENUINE)}

    assert values["Take the time"] == f"{NOW} = 2026-06-14T12:10:00Z"
    assert values["Join what was signed"] == f"{NOW}.{BODY}"
    assert f"v1={values['Compute the HMAC-SHA256']}" in GENUINE


def test_wrong_secret_shows_where_the_signatures_part(console: Console) -> None:
    console.open("events")
    digits = GENUINE.partition("v1=")[2]
    almost = f"t={NOW},v1={digits[:9]}{'0' if digits[9] != '0' else '1'}{digits[10:]}"
    last = steps(console, almost)[-1]

    assert last["text"].startswith("They part at character 10: the secret is another one")
    assert last["value"] == f"computed: {digits}\nv1:       {almost.partition('v1=')[2]}"


@pytest.mark.parametrize(("secret", "secure", "words"), [("", True, "Enter the"), (SECRET, False, "127.0.0.1")])
def test_step_that_lacks_something_says_what(console: Console, secret: str, secure: bool, words: str) -> None:
    console.open("events")
    if not secure:
        console.page.evaluate("Object.defineProperty(crypto, 'subtle', {value: undefined})")
    last = steps(console, GENUINE, secret)[-1]

    assert words in last["text"]
    assert "ok" not in last
