"""List accounts: cursors are opaque and signed."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import quote

import pytest
from tests.support.world import World

BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def refused(world: World, cursor: str) -> None:
    """Fail unless `cursor` gets the documented refusal."""
    response = world.list_response(f"cursor={quote(cursor, safe='')}")
    assert (response.status_code, response.json()["detail"]) == (400, "Invalid cursor"), cursor
    assert "errors" not in response.json()


@pytest.mark.statement("list.cursor-signed")
def test_cursor_is_a_base64url_payload_a_dot_and_a_signature(world: World) -> None:
    cursor = world.page()["next_cursor"]

    assert re.fullmatch(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22,}", cursor)


@pytest.mark.statement("list.cursor-signed")
def test_payload_names_created_at_and_id_of_the_last_row(world: World) -> None:
    page = world.page()
    payload = decoded(page["next_cursor"].partition(".")[0]).decode()

    assert page["data"][-1]["created_at"] in payload
    assert page["data"][-1]["id"] in payload


@pytest.mark.statement("list.cursor-signed")
@pytest.mark.parametrize("part", [0, 1], ids=["payload", "signature"])
def test_cursor_with_a_changed_character_is_refused(world: World, part: int) -> None:
    parts = world.page()["next_cursor"].split(".")
    for place, character in enumerate(parts[part]):
        other = BASE64URL[(BASE64URL.index(character) + 1) % 64]
        tampered = [*parts]
        tampered[part] = parts[part][:place] + other + parts[part][place + 1 :]
        refused(world, ".".join(tampered))


@pytest.mark.statement("list.cursor-signed")
def test_cursor_with_another_payload_is_refused(world: World) -> None:
    page = world.page()
    payload, signature = page["next_cursor"].split(".")
    last, before = page["data"][-1], page["data"][-2]
    forged = decoded(payload).replace(last["id"].encode(), before["id"].encode())

    assert forged != decoded(payload)
    refused(world, f"{encoded(forged)}.{signature}")


@pytest.mark.statement("list.cursor-signed")
@pytest.mark.parametrize(
    "mangled",
    [
        "{payload}",
        "{payload}.",
        ".{signature}",
        "{signature}",
        "{payload}{signature}",
        "{signature}.{payload}",
        "{payload}..{signature}",
        "{payload}.{signature}.",
        "{payload}.{signature}.{signature}",
        "{payload}.{signature:.20}",
        "{payload}.{signature}A",
        "{payload:.40}.{signature}",
        " {payload}.{signature}",
        "{payload}.{signature} ",
        "{payload}.{signature}\n",
        "{payload}.{signature}\0",
        "{payload}\n.{signature}",
    ],
)
def test_cut_swapped_or_padded_cursor_is_refused(world: World, mangled: str) -> None:
    payload, signature = world.page()["next_cursor"].split(".")

    refused(world, mangled.format(payload=payload, signature=signature))


@pytest.mark.statement("list.cursor-signed")
def test_other_spelling_of_the_same_bytes_is_refused(world: World) -> None:
    """Unpadded base64 has unused bits, and decoders ignore padding: neither makes a second valid cursor."""
    parts = world.page()["next_cursor"].split(".")
    for part in (0, 1):
        for spelling in (
            parts[part] + "=" * (-len(parts[part]) % 4 or 4),
            parts[part] + "=",
            _unused_bits(parts[part]),
        ):
            if spelling != parts[part]:
                refused(world, ".".join([*parts[:part], spelling, *parts[part + 1 :]]))


@pytest.mark.statement("list.cursor-signed")
@pytest.mark.parametrize(
    "cursor", ["", ".", "a", "a.b", "null", "0", "💥", "é.é", "٠.٠", "%", "../..", "[]", '{"id":1}', "A" * 4000]
)
def test_arbitrary_cursor_is_refused(world: World, cursor: str) -> None:
    refused(world, cursor)


@pytest.mark.statement("list.cursor-signed")
def test_cursor_that_is_not_utf_8_is_refused(world: World) -> None:
    response = world.list_response("cursor=%ff%fe.%ff")

    assert (response.status_code, response.json()["detail"]) == (400, "Invalid cursor")


@pytest.mark.statement("list.cursor-signed", "isolation.list")
def test_cursor_of_another_organization_is_refused(world: World, other: World) -> None:
    refused(world, other.page()["next_cursor"])


@pytest.mark.statement("list.cursor-signed")
def test_cursor_works_with_each_key_of_its_organization(world: World) -> None:
    cursor = world.page()["next_cursor"]
    for key in (world.key, world.live_key, world.readonly_key):
        assert world.list_response({"cursor": cursor}, key).json() == world.page(cursor=cursor)


@pytest.mark.statement("list.cursor-signed")
def test_refused_cursor_has_a_code(world: World) -> None:
    assert world.list_response("cursor=x").json() == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "Invalid cursor",
        "code": "invalid_cursor",
    }


def _unused_bits(part: str) -> str:
    """The same bytes with the unused bits of the last base64 character set, if there are any."""
    unused = {2: 4, 3: 2}.get(len(part) % 4, 0)
    last = BASE64URL.index(part[-1]) | (1 << unused) - 1
    spelling = part[:-1] + BASE64URL[last]
    assert decoded(spelling) == decoded(part)
    return spelling
