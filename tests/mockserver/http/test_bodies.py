"""Bodies that are no JSON, not announced as JSON, or too large."""

from __future__ import annotations

import pytest
from tests.mockserver.http import wire
from tests.mockserver.http.server import Server
from tests.mockserver.http.wire import Answer
from tests.mockserver.http.world import World

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
WRONG_KIND = [
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


@pytest.fixture
def path(world: World) -> str:
    """Where a session of the test's world is finalized."""
    return f"/api/v1/social-accounts/pending/{world.session()['session_token']}/finalize"


def post(server: Server, path: str, body: bytes, *headers: tuple[str, str | bytes]) -> Answer:
    length = ("Content-Length", str(len(body)))
    return server.exchange(wire.request("POST", path, [*headers, length], body))


def chunked(server: Server, path: str, body: bytes) -> Answer:
    head = wire.request("POST", path, [JSON, ("Transfer-Encoding", "chunked")])
    return server.exchange(head, wire.chunked(body))


def padded(size: int) -> bytes:
    """A good body of `size` bytes."""
    return b'{"selectedPageIds": ["unknown"]}'.ljust(size)


@pytest.mark.statement("errors.no-server-error", "connect.kept-until-finalized")
@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_body_that_is_no_json_is_refused_as_such_and_the_session_is_kept(
    server: Server, world: World, path: str, body: bytes
) -> None:
    answer = post(server, path, body, JSON)

    assert answer.status == 400
    assert answer.json["errors"][0]["in"] == "body"
    assert len(world.lever("GET", "/sessions")["data"]) == 1


@pytest.mark.statement("errors.no-server-error", "errors.validation", "connect.at-least-one")
@pytest.mark.parametrize("body", WRONG_KIND, ids=range(len(WRONG_KIND)))
def test_json_of_another_shape_is_refused_with_its_place(server: Server, path: str, body: bytes) -> None:
    answer = post(server, path, body, JSON)

    assert answer.status == 400
    assert all(error["in"] == "body" and "pointer" in error for error in answer.json["errors"])


@pytest.mark.statement("errors.no-server-error")
@pytest.mark.parametrize("member", [b"9" * 5000, b"1e999", b"-0.0", b'"\\u0000"', b"[" * 50 + b"]" * 50], ids=range(5))
def test_odd_value_of_a_member_that_nobody_reads_is_no_server_error(server: Server, path: str, member: bytes) -> None:
    answer = post(server, path, b'{"selectedPageIds": ["unknown"], "more": %s}' % member, JSON)

    assert answer.status in (400, 422)


@pytest.mark.statement("errors.no-server-error", "connect.unknown-page")
@pytest.mark.parametrize("page", ["\\u0000", "💥", "", "a" * 100_000, "../..", "\\ud83d\\ude00"], ids=range(6))
def test_odd_page_id_is_an_unknown_page(server: Server, path: str, page: str) -> None:
    assert post(server, path, b'{"selectedPageIds": ["%s"]}' % page.encode(), JSON).status == 422


@pytest.mark.statement("errors.no-server-error")
@pytest.mark.parametrize("length", [[("Content-Length", "0")], []], ids=["empty", "none"])
def test_missing_body_is_refused_where_one_is_required(
    server: Server, path: str, length: list[tuple[str, str | bytes]]
) -> None:
    answer = server.exchange(wire.request("POST", path, [JSON, *length]))

    assert answer.status == 400
    assert answer.json["errors"]


@pytest.mark.statement("errors.no-server-error")
@pytest.mark.parametrize("content_type", JSON_TYPES)
def test_json_is_taken_however_its_media_type_is_written(server: Server, path: str, content_type: str) -> None:
    assert post(server, path, padded(40), ("Content-Type", content_type)).status == 422


@pytest.mark.statement("errors.no-server-error", "connect.kept-until-finalized")
@pytest.mark.parametrize("content_type", OTHER_TYPES)
def test_body_of_another_media_type_is_refused(server: Server, world: World, path: str, content_type: str) -> None:
    answer = post(server, path, padded(40), ("Content-Type", content_type))

    assert answer.status == 415
    assert len(world.lever("GET", "/sessions")["data"]) == 1


@pytest.mark.statement("errors.no-server-error")
def test_body_without_a_media_type_is_refused(server: Server, path: str) -> None:
    answer = post(server, path, padded(40))

    assert answer.status == 415
    assert "application/json" in answer.json["detail"]


@pytest.mark.statement("errors.no-server-error")
def test_body_of_a_mebibyte_is_read(server: Server, path: str) -> None:
    assert post(server, path, padded(LIMIT), JSON).status == 422
    assert chunked(server, path, padded(LIMIT)).status == 422


@pytest.mark.statement("errors.no-server-error", "connect.kept-until-finalized")
def test_body_of_one_byte_more_is_refused(server: Server, world: World, path: str) -> None:
    assert post(server, path, padded(LIMIT + 1), JSON).status == 413
    assert chunked(server, path, padded(LIMIT + 1)).status == 413
    assert len(world.lever("GET", "/sessions")["data"]) == 1


@pytest.mark.statement("errors.no-server-error")
def test_body_that_is_announced_as_too_large_is_refused_before_it_is_sent(server: Server, path: str) -> None:
    assert server.exchange(wire.request("POST", path, [JSON, ("Content-Length", "99999999999")])).status == 413


@pytest.mark.statement("errors.no-server-error", "connect.exactly-selected")
def test_chunked_body_is_read_like_any_other(server: Server, world: World) -> None:
    session = world.session()
    path = f"/api/v1/social-accounts/pending/{session['session_token']}/finalize"
    body = b'{"selectedPageIds": ["%s"]}' % session["pages"][1]["id"].encode()
    head = wire.request("POST", path, [JSON, ("Transfer-Encoding", "chunked")])
    answer = server.exchange(head, wire.chunked(body, size=7))

    assert answer.status == 200
    assert len(answer.json["connectedAccounts"]) == 1


@pytest.mark.statement("errors.no-server-error")
@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data", "application/json; charset=foo", "x"])
def test_body_that_nobody_asked_for_is_ignored(world: World, method: str, content_type: str) -> None:
    account = world.make()
    headers: dict[str, str | bytes] = {"Content-Type": content_type}
    answer = world.call(method, f"/social-accounts/{account['id']}", headers=headers, content=b"{\xff")

    assert answer.status_code == 200
