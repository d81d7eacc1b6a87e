"""Sealed texts."""

from __future__ import annotations

from base64 import urlsafe_b64decode

import pytest

from postfuze_mock.domain.sealing import Seal

SEAL = Seal(b"secret")


@pytest.mark.parametrize("text", ["", "a", "é" * 31, "x" * 32, "x" * 33, "long " * 1000])
def test_text_comes_out_as_it_went_in(text: str) -> None:
    assert SEAL.open(SEAL.seal(text)) == text


def test_equal_texts_look_equal_and_others_share_nothing() -> None:
    first, second = (urlsafe_b64decode(SEAL.seal(text) + "==") for text in ("A" * 100 + "0000", "A" * 100 + "0001"))

    assert SEAL.seal("a") == SEAL.seal("a")
    assert first[:12] != second[:12]
    assert sum(a == b for a, b in zip(first, second, strict=True)) < 12


@pytest.mark.parametrize(
    "sealed", ["", "x", "AAAA", "é", SEAL.seal("a") + "=", SEAL.seal("a")[:-1], Seal(b"2").seal("a")]
)
def test_what_was_not_sealed_here_does_not_open(sealed: str) -> None:
    with pytest.raises(ValueError, match="not a sealed text"):
        SEAL.open(sealed)
