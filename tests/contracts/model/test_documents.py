"""JSON of a target is read into plain data, or refused with a sentence; nothing else happens, whatever it says."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfuze_contracts.model import documents
from postfuze_contracts.model.exchange import Exchange, Request, Response, describe

REFUSED = {
    "no JSON": b"<html>",
    "empty": b"",
    "not UTF-8": b'{"name": "\xff"}',
    "too deep": b"[" * 200_000,
    "one level too deep": b"[" * (documents.MAX_DEPTH + 1) + b"]" * (documents.MAX_DEPTH + 1),
    "not a number": b'{"followers": NaN}',
    "infinity": b'{"followers": -Infinity}',
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_json_is_refused_with_a_sentence(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"^\S.*\S$"):
        documents.parse(body)


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b"\xef\xbb\xbf[1]", [1]),
        ("[1]".encode("utf-16"), [1]),
        (rb'{"a\udc80": "\ud83d", "b": ["\ud83d\ude00"]}', {"a\ufffd": "\ufffd", "b": ["😀"]}),
        (b'"\xed\xa0\x80"', "\ufffd"),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"[" * documents.MAX_DEPTH + b"]" * documents.MAX_DEPTH, json.loads("[" * 100 + "]" * 100)),
    ],
)
def test_what_json_allows_is_read(body: bytes, document: object) -> None:
    assert documents.parse(body) == document


@pytest.mark.parametrize("digits", [b"1e400", b"-1e400", b"9" * 5000, b"-" + b"9" * 5000])
def test_numbers_beyond_a_double_are_finite_and_keep_their_sign_and_type(digits: bytes) -> None:
    number = documents.parse(digits)
    assert math.isfinite(float(number))
    assert (number < 0) is digits.startswith(b"-")
    assert isinstance(number, float) is (b"e" in digits)


@given(
    st.one_of(
        st.binary(),
        st.text(st.characters(codec=None)).map(lambda text: json.dumps(text).encode()),
        st.text(st.characters(codec=None)).map(lambda text: f'"{text}"'.encode("utf-8", "surrogatepass")),
    )
)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        document = documents.parse(body)
    except ValueError:
        return
    json.dumps(document, ensure_ascii=False, allow_nan=False).encode()


def test_a_response_says_what_is_wrong_with_it() -> None:
    deep = _exchange(b"[" * 200 + b"]" * 200, {"content-type": "application/json; charset=utf-8"})
    assert deep.json is None
    assert describe(deep) == "200 (the response is no readable JSON: it is nested deeper than 100 levels)"
    assert describe(_exchange(b"<html>", {"content-type": "text/html"})) == "200"
    cut = _exchange(b"[]", {}, "is longer than 8 MiB")
    assert cut.json is None
    assert describe(cut) == "200 (the response is longer than 8 MiB)"


def test_a_detail_is_quoted_only_so_far() -> None:
    assert len(describe(_exchange(json.dumps({"detail": "x" * 1_000_000}).encode(), {}))) < 1000


def _exchange(body: bytes, headers: dict[str, str], flaw: str | None = None) -> Exchange:
    return Exchange(Request("x", "GET", "/"), Response(200, headers, body, 0.0, 0.0, flaw))
