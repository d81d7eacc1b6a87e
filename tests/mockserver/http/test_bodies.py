"""Bodies that are not JSON, not declared as JSON, or too large."""

from __future__ import annotations

import pytest
from tests.support import wire
from tests.support.calls import Response
from tests.support.servers import RunningMock
from tests.support.world import World

LIMIT = 2**20
JSON = ("Content-Type", "application/json")
MALFORMED = [
    b"{", b"}", b"{]", b"[", b'"', b"nope", b"{'selectedPageIds': ['1']}", b'{"selectedPageIds": }',
    b'{"selectedPageIds": ["1"],}', b'{"selectedPageIds": ["1"]', b'{"selectedPageIds": ["1"]} {}', b"{} trailing",
    b'{"selectedPageIds": NaN}', b'{"selectedPageIds": [Infinity]}', b'{"selectedPageIds": [01]}', b" ", b"\n", b"\x00",
    b'{"selectedPageIds": ["\x00"]}', b'{"selectedPageIds": ["\n"]}', b'{"selectedPageIds": ["\xff\xfe"]}', b"\xff",
    b'{"selectedPageIds": ["\xed\xa0\x80"]}', b'{"selectedPageIds": ["\xc0\xaf"]}', '{"a": 1}'.encode("utf-16"),
    b"selectedPageIds=1", b"<selectedPageIds/>", b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000,
    b'{"selectedPageIds": ["\\ud800"]}', b'{"selectedPageIds": ["\\x"]}', b'{1: 2}', b"// {}", b"\xef\xbb\xbf",
]  # fmt: skip
WRONG_SHAPE = [
    b"null", b"true", b"1", b'"x"', b"[]", b"[{}]", b"{}", b'{"selectedPageIds": {}}', b'{"selectedPageIds": 1}',
    b'{"selectedPageIds": [1]}', b'{"selectedPageIds": [null]}', b'{"selectedPageIds": [["1"]]}',
    b'{"selectedPageIds": [' + b"9" * 5000 + b"]}", b'{"selectedPageIds": [-1e400]}', b'{"SelectedPageIds": ["1"]}',
    b'{"selectedPageIds": ["1", 2.5]}', b'{"selectedPageIds": ["1"], "selectedPageIds": []}',
]  # fmt: skip
JSON_TYPES = [
    "application/json", "Application/JSON; charset=utf-8", "APPLICATION/JSON", "application/json;charset=UTF-8",
    'application/json; charset="utf-8"', "application/json ; charset=utf-8", "application/json;",
]  # fmt: skip
OTHER_TYPES = [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "json", "",
    "application/json; charset=latin-1", "application/json; charset=utf-16", "application/json; charset=foo", "*/*",
    "application/jsonx", "application", "text/json", "application/json, text/plain", "application/octet-stream",
]  # fmt: skip

pytestmark = pytest.mark.assumption("errors.no-server-error", "4xx")


@pytest.fixture
def path(empty: World) -> str:
    """The path that finalizes a session of the test's world."""
    return f"/api/v1/social-accounts/pending/{empty.session()['session_token']}/finalize"


def post(server: RunningMock, path: str, body: bytes, *headers: tuple[str, str | bytes]) -> Response:
    length = ("Content-Length", str(len(body)))
    return server.exchange(wire.request("POST", path, [*headers, length], body))


def chunked(server: RunningMock, path: str, body: bytes) -> Response:
    head = wire.request("POST", path, [JSON, ("Transfer-Encoding", "chunked")])
    return server.exchange(head, wire.chunked(body))


def padded(size: int) -> bytes:
    """A valid body of `size` bytes."""
    return b'{"selectedPageIds": ["unknown"]}'.ljust(size)


def sessions(world: World) -> int:
    return len(world.control("GET", "/sessions")["data"])


@pytest.mark.statement("connect.kept-until-finalized")
def test_body_that_is_not_json_is_refused_and_the_session_stays_usable(
    server: RunningMock, empty: World, path: str
) -> None:
    for body in MALFORMED:
        response = post(server, path, body, JSON)
        assert (response.status, response.json["errors"][0]["in"]) == (400, "body"), body[:80]

    assert sessions(empty) == 1


@pytest.mark.statement("errors.validation", "connect.at-least-one")
def test_json_of_another_shape_is_refused_with_its_place(server: RunningMock, path: str) -> None:
    for body in WRONG_SHAPE:
        response = post(server, path, body, JSON)
        assert response.status == 400, body[:80]
        assert all(error["in"] == "body" and "pointer" in error for error in response.json["errors"]), body[:80]


def test_odd_value_of_an_unknown_member_causes_no_server_error(server: RunningMock, path: str) -> None:
    for member in (b"9" * 5000, b"1e999", b"-0.0", b'"\\u0000"', b"[" * 50 + b"]" * 50):
        response = post(server, path, b'{"selectedPageIds": ["unknown"], "more": %s}' % member, JSON)
        assert response.status in (400, 422), member[:80]


@pytest.mark.assumption("finalize.unknown-page", "422")
def test_odd_page_id_is_an_unknown_page(server: RunningMock, path: str) -> None:
    for page in ("\\u0000", "💥", "", "a" * 100_000, "../..", "\\ud83d\\ude00"):
        assert post(server, path, b'{"selectedPageIds": ["%s"]}' % page.encode(), JSON).status == 422, page[:80]


@pytest.mark.parametrize("length", [[("Content-Length", "0")], []], ids=["empty", "none"])
def test_missing_body_is_refused_if_required(
    server: RunningMock, path: str, length: list[tuple[str, str | bytes]]
) -> None:
    response = server.exchange(wire.request("POST", path, [JSON, *length]))

    assert response.status == 400
    assert response.json["errors"]


def test_json_is_accepted_however_its_media_type_is_written(server: RunningMock, path: str) -> None:
    statuses = {each: post(server, path, padded(40), ("Content-Type", each)).status for each in JSON_TYPES}

    assert statuses == dict.fromkeys(JSON_TYPES, 422)


@pytest.mark.statement("connect.kept-until-finalized")
def test_body_of_another_media_type_is_refused(server: RunningMock, empty: World, path: str) -> None:
    statuses = {each: post(server, path, padded(40), ("Content-Type", each)).status for each in OTHER_TYPES}

    assert statuses == dict.fromkeys(OTHER_TYPES, 415)
    assert sessions(empty) == 1


def test_body_without_a_media_type_is_refused(server: RunningMock, path: str) -> None:
    response = post(server, path, padded(40))

    assert response.status == 415
    assert "application/json" in response.json["detail"]


def test_body_of_a_mebibyte_is_read(server: RunningMock, path: str) -> None:
    assert post(server, path, padded(LIMIT), JSON).status == 422
    assert chunked(server, path, padded(LIMIT)).status == 422


@pytest.mark.statement("connect.kept-until-finalized")
def test_body_of_one_byte_over_a_mebibyte_is_refused(server: RunningMock, empty: World, path: str) -> None:
    assert post(server, path, padded(LIMIT + 1), JSON).status == 413
    assert chunked(server, path, padded(LIMIT + 1)).status == 413
    assert sessions(empty) == 1


def test_body_with_too_large_a_content_length_is_refused_before_it_is_sent(server: RunningMock, path: str) -> None:
    assert server.exchange(wire.request("POST", path, [JSON, ("Content-Length", "99999999999")])).status == 413


@pytest.mark.statement("connect.exactly-selected")
def test_chunked_body_is_read_like_any_other(server: RunningMock, empty: World) -> None:
    session = empty.session()
    path = f"/api/v1/social-accounts/pending/{session['session_token']}/finalize"
    body = b'{"selectedPageIds": ["%s"]}' % session["pages"][1]["id"].encode()
    head = wire.request("POST", path, [JSON, ("Transfer-Encoding", "chunked")])
    response = server.exchange(head, wire.chunked(body, size=7))

    assert response.status == 200
    assert len(response.json["connectedAccounts"]) == 1


def test_body_of_an_operation_without_one_is_ignored(empty: World) -> None:
    for content_type in ("text/plain", "multipart/form-data", "application/json; charset=foo", "x"):
        account = empty.make()
        headers: dict[str, str | bytes] = {"Content-Type": content_type}
        for method in ("GET", "DELETE"):
            response = empty.call(method, f"/social-accounts/{account['id']}", headers=headers, content=b"{\xff")
            assert response.status_code == 200, (method, content_type)
