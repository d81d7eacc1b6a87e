"""What is wrong with the answer to an odd call."""

from __future__ import annotations

import json

import pytest
from tests.fuzz.calls import flaw
from tests.support.keep_alive import DROPPED, Answer

HEAD = b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\n"
PROBLEM = {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": "x", "code": "validation_failed"}


def answer(code: int = 400, head: bytes = HEAD, **members: object) -> Answer:
    return Answer(code, head, json.dumps({**PROBLEM, **members}).encode())


def test_problem_document_is_no_flaw() -> None:
    assert flaw(answer()) == ""
    assert flaw(Answer(204)) == ""


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (DROPPED, "no answer"),
        (answer(500, status=500), "a failure"),
        (answer(400, head=HEAD.replace(b"problem+", b"")), "of another type"),
        (answer(404), "or status"),
        (answer(title=1), "no problem document"),
        (Answer(400, HEAD, b"Bad Request"), "no problem document"),
    ],
)
def test_flaw_of_an_answer_is_found(answer: Answer, words: str) -> None:
    assert words in flaw(answer)
