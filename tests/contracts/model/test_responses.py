"""What a response keeps in memory."""

from __future__ import annotations

import gc
import json
from weakref import ref

from postfuze_contracts.model.exchange import Response


def response(*rows: int, filler: int) -> Response:
    body = json.dumps({"data": rows, "filler": "x" * filler}).encode()
    return Response(200, {"content-type": "application/json"}, body, 0.0, 0.0)


def test_document_of_a_small_response_is_read_once() -> None:
    small = response(1, filler=10)

    assert small.json is small.json


def test_documents_of_large_responses_do_not_stay_in_memory() -> None:
    """A check may hold many responses; a document takes many times the memory of its body."""
    many = [response(number, filler=300_000) for number in range(5)]
    documents = [ref(each.json) for each in many]
    gc.collect()

    assert documents[0]() is None
    assert documents[-1]() is many[-1].json
    assert [each.json["data"] for each in many] == [[0], [1], [2], [3], [4]]
