"""Judges cursors: their form, and that no others than those of the service are accepted."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator

from postfuze_contracts.checks.list.walks import NOT_NOW
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Blocked, Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.operations import LIST
from postfuze_contracts.target.target import Target

_FORM = re.compile(r"[A-Za-z0-9_-]+={0,2}\.[A-Za-z0-9_+/-]+={0,2}", re.ASCII)
_LONG = 2_000  # characters of a cursor that a gateway may refuse
_TOO_LONG = (413, 414, 431)
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+", re.ASCII)  # upper or lower case is the same signature


@check("list.cursor-signed", needs=(needs.ACCOUNTS,))
def cursors_that_were_tampered_with(target: Target, judge: Judge) -> None:
    """Look at the form of cursors. Change and remove their parts, combine two, and invent others."""
    one, other = _cursors(target)
    for cursor in (one, other):
        payload = cursor.partition(".")[0].rstrip("=")
        holds = _FORM.fullmatch(cursor) is not None and len(payload) % 4 != 1
        judge.expect("list.cursor-signed", holds, "a base64url payload, a dot and a signature", got=repr(cursor))
    for what, cursor in _forgeries(one, other):
        if cursor in (one, other):
            continue
        exchange = target.call(LIST, query={"limit": "1", "cursor": cursor})
        require(exchange.status not in NOT_NOW, needs.unexpected(f"the list answered {exchange.status}"))
        holds = exchange.status == 400 and exchange.member("detail") == "Invalid cursor"
        holds = holds or (len(cursor) > _LONG and exchange.status in _TOO_LONG)
        judge.expect("list.cursor-signed", holds, f'400, "Invalid cursor", for {what}', exchange)


def _cursors(target: Target) -> tuple[str, str]:
    """Two cursors of the organization; the same one twice if it has only two accounts. Raises Blocked."""
    pages = survey.walk(target, {"limit": "1"}, pages=2)
    cursors = [survey.following(page) for page in pages]
    require(pages[0].status == 200, needs.unexpected(f"the list answered {pages[0].status}"))
    if cursors[0] is None:
        raise Blocked(needs.accounts(2))
    if survey.rows(*pages[1:]) == survey.rows(pages[0]):
        raise Blocked(needs.unexpected("a cursor leads to the page that it came with"))
    return cursors[0], cursors[-1] or cursors[0]


def _forgeries(one: str, other: str) -> Iterator[tuple[str, str]]:
    """Cursors that the service never returned, each with a description."""
    payload, dot, signature = one.rpartition(".")
    payload, signature = (payload, signature) if dot else (one, "")
    for where, index in _positions(payload):
        yield f"a payload that was changed {where}", f"{_change(payload, index)}.{signature}"
    yield from ((f"a payload that {what}", f"{forged}.{signature}") for what, forged in _other_payloads(payload))
    yield "a payload that was cut", f"{payload[: len(payload) // 2]}.{signature}"
    if signature:
        for where, index in _positions(signature):
            yield f"a signature that was changed {where}", f"{payload}.{_change(signature, index)}"
        if not _HEX.fullmatch(signature):
            yield "a signature in the other case", f"{payload}.{signature.swapcase()}"
        yield "a signature that was cut", f"{payload}.{signature[: len(signature) // 2]}"
        yield "a signature that goes on", f"{payload}.{signature.rstrip('=')}c0de"
        yield "a cursor with a part too many", f"{one}.c0de"
        yield "another cursor's signature", f"{payload}.{other.rpartition('.')[2]}"
    yield "a cursor without its signature", payload
    yield "an empty signature", f"{payload}."
    yield "an empty payload", f".{signature or 'c0de'}"
    yield "a text that is no cursor", "no-such-cursor"
    for length in (_LONG + 1, 3 * _LONG):
        yield f"a cursor of {length} characters", f"{'A' * (length - 50)}.{'B' * 49}"
    yield "a number", "25"


def _positions(text: str) -> tuple[tuple[str, int], ...]:
    """Where to change a text: not at its last character, which may have unused bits in base64."""
    length = len(text.rstrip("="))
    return ("at its start", 0), ("in its middle", length // 2), ("near its end", max(length - 3, 0))


def _change(text: str, index: int) -> str:
    """The text with another digit at `index`, so that it remains hex or base64."""
    return text[:index] + ("1" if text[index : index + 1] == "0" else "0") + text[index + 1 :]


def _other_payloads(payload: str) -> Iterator[tuple[str, str]]:
    """Well-formed payloads for another row: with another first digit, and with another last digit."""
    try:
        content = urlsafe_b64decode(payload.rstrip("=") + "=" * (-len(payload.rstrip("=")) % 4))
    except ValueError:
        return
    digits = [index for index, byte in enumerate(content) if chr(byte) in "0123456789"]
    for what, index in zip(("names another time", "names another account"), (*digits[:1], *digits[-1:]), strict=False):
        other = content[:index] + (b"1" if content[index] == ord("0") else b"0") + content[index + 1 :]
        encoded = urlsafe_b64encode(other).decode()
        yield what, encoded if payload.endswith("=") else encoded.rstrip("=")
