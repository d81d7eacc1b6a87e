"""Problem documents (RFC 9457), as the documents describe them."""

import pytest

from postfuze_mock.problems import TITLES, Problem, title


def test_document_has_exactly_the_four_members_in_order() -> None:
    assert list(Problem(404, "No such account.").document().items()) == [
        ("type", "about:blank"),
        ("title", "Not Found"),
        ("status", 404),
        ("detail", "No such account."),
    ]


def test_code_and_errors_appear_if_set() -> None:
    document = Problem(400, None, code="validation_failed", errors=[{"in": "query", "name": "limit"}]).document()
    assert document["detail"] is None
    assert document["code"] == "validation_failed"
    assert document["errors"] == [{"in": "query", "name": "limit"}]


@pytest.mark.parametrize(("status", "phrase"), [(422, "Unprocessable Entity"), (429, "Too Many Requests")])
def test_titles_are_the_documented_phrases(status: int, phrase: str) -> None:
    assert title(status) == phrase


def test_unregistered_status_is_named_by_its_class() -> None:
    assert 499 not in TITLES
    assert title(499) == "Bad Request"
    assert title(599) == "Internal Server Error"
