"""Signed cursors: only exact copies are accepted."""

import base64
import hmac
from string import ascii_lowercase, ascii_uppercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfuze_mock.domain.pagination import Cursors
from postfuze_mock.problems import Problem

KEY = "2026-06-01T09:30:00.000Za1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
CURSORS = Cursors(b"a secret of this world")
ALPHABET = ascii_uppercase + ascii_lowercase + digits + "-_"


def refused(cursor: str) -> bool:
    with pytest.raises(Problem) as caught:
        CURSORS.read(cursor)
    return (caught.value.status, caught.value.detail) == (400, "Invalid cursor")


@given(st.text(st.characters(codec="utf-8")))
def test_signed_cursor_is_read(key: str) -> None:
    assert CURSORS.read(CURSORS.sign(key)) == key


def test_cursor_is_an_unpadded_base64url_payload_and_signature() -> None:
    payload, signature = CURSORS.sign(KEY).split(".")
    assert base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)) == KEY.encode()
    assert set(payload + signature) <= set(ALPHABET)


def test_another_secret_gives_another_signature() -> None:
    assert refused(Cursors(b"a secret of that world").sign(KEY))


@given(st.data())
def test_changing_any_character_invalidates_a_cursor(data: st.DataObject) -> None:
    # Keys of each length mod 3, because base64 leaves 0, 2 or 4 bits of the last character unused.
    cursor = CURSORS.sign(KEY + "x" * data.draw(st.integers(0, 2)))
    at = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.sampled_from(ALPHABET + ".=+/ \n\0é").filter(lambda character: character != cursor[at]))
    assert refused(cursor[:at] + other + cursor[at + 1 :])


def test_other_spelling_of_the_same_bytes_is_refused() -> None:
    cursor = CURSORS.sign(KEY)
    last = ALPHABET[ALPHABET.index(cursor[-1]) ^ 1]
    same = cursor[:-1] + last
    assert base64.urlsafe_b64decode(same.split(".")[1] + "=") == base64.urlsafe_b64decode(cursor.split(".")[1] + "=")
    assert refused(same)


@pytest.mark.parametrize(
    "form",
    [
        "{payload}",
        "{payload}.",
        ".{signature}",
        "{payload}.{signature}=",
        "{payload}.{signature} ",
        " {payload}.{signature}",
        "{payload}.{signature}.",
        "{payload}.{signature}.{signature}",
        "{payload}..{signature}",
        "{signature}.{payload}",
        "",
        ".",
        "\ud800.\udfff",
        "not-a-cursor",
    ],
)
def test_a_malformed_cursor_is_refused(form: str) -> None:
    payload, signature = CURSORS.sign(KEY).split(".")
    assert refused(form.format(payload=payload, signature=signature))


@given(st.text())
def test_arbitrary_text_is_refused(text: str) -> None:
    assert refused(text)


def test_signature_is_an_hmac_of_the_sort_key() -> None:
    key = "2026-06-01T09:30:00.000Z01234567-89ab-4a9f-9b1c-2e7d6f0a1234"
    for secret in (b"", b"s" * 32, b"s" * 64):
        payload, _, signature = Cursors(secret).sign(key).partition(".")
        assert base64.urlsafe_b64decode(payload + "==") == key.encode()
        assert base64.urlsafe_b64decode(signature + "=") == hmac.digest(secret, key.encode(), "sha256")
