"""Broken: signed cursors, and lists that show deleted accounts."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Callable

from tests.contracts.family.lookups import Where, stored_page
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock.domain.pagination import Cursors
from postfuze_mock.problems import Problem
from postfuze_mock.records import Row, sort_key
from postfuze_mock.state.memory.store import MemoryStore

LIST = "listSocialAccounts"


def _reading(mock: Mock, read: Callable[[Cursors, str], str]) -> None:
    mock.replace(Cursors, "read", read)


def _payload(_cursors: Cursors, cursor: str) -> str:
    """Decode a cursor's payload without checking its signature."""
    payload = cursor.partition(".")[0]
    try:
        return urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
    except ValueError as error:
        raise Problem(400, "Invalid cursor") from error


_read = Cursors.read


@broken("list.cursor-signed", "a cursor's signature is ignored")
def signature_unchecked(mock: Mock) -> None:
    _reading(mock, _payload)


@broken("list.cursor-signed", "a cursor without a signature passes")
def unsigned_passes(mock: Mock) -> None:
    _reading(mock, lambda cursors, cursor: (_read if "." in cursor else _payload)(cursors, cursor))


@broken("list.cursor-signed", "only the first half of the signature is compared")
def half_compared(mock: Mock) -> None:
    def read(cursors: Cursors, cursor: str) -> str:
        key = _payload(cursors, cursor)
        if cursors.sign(key)[:-22] != cursor[:-22]:
            raise Problem(400, "Invalid cursor")
        return key

    _reading(mock, read)


@broken("list.cursor-signed", "only the signature is checked to be one of ours, not what it signs")
def payload_exchanged(mock: Mock) -> None:
    signatures: set[str] = set()
    sign = Cursors.sign

    def signed(cursors: Cursors, key: str) -> str:
        cursor = sign(cursors, key)
        signatures.add(cursor.partition(".")[2])
        return cursor

    def read(cursors: Cursors, cursor: str) -> str:
        if cursor.partition(".")[2] not in signatures:
            raise Problem(400, "Invalid cursor")
        return _payload(cursors, cursor)

    mock.replace(Cursors, "sign", signed)
    _reading(mock, read)


@broken("list.cursor-signed", "a cursor is the payload alone")
def payload_alone(mock: Mock) -> None:
    sign = Cursors.sign
    mock.replace(Cursors, "sign", lambda cursors, key: sign(cursors, key).partition(".")[0])
    _reading(mock, _payload)


@broken("list.cursor-signed", "an invalid cursor starts from the top")
def bad_cursor_ignored(mock: Mock) -> None:
    def read(cursors: Cursors, cursor: str) -> str:
        try:
            return _read(cursors, cursor)
        except Problem:
            return "~"

    _reading(mock, read)


@broken("list.cursor-signed", "an invalid cursor gives an empty page")
def bad_cursor_is_the_end(mock: Mock) -> None:
    def read(cursors: Cursors, cursor: str) -> str:
        try:
            return _read(cursors, cursor)
        except Problem:
            return ""

    _reading(mock, read)


def _refusal(mock: Mock, status: int, detail: str) -> None:
    def change(_request: Request, response: Response) -> Response:
        bad = response.status == 400 and response.json["detail"] == "Invalid cursor"
        title = {400: "Bad Request", 404: "Not Found", 422: "Unprocessable Entity"}[status]
        return (
            response.with_body({**response.json, "status": status, "title": title, "detail": detail}, status)
            if bad
            else response
        )

    mock.responses(LIST, change)


@broken("list.cursor-signed", "an invalid cursor answers 422")
def bad_cursor_422(mock: Mock) -> None:
    _refusal(mock, 422, "Invalid cursor")


@broken("list.cursor-signed", "an invalid cursor is refused in other words than the documented ones")
def bad_cursor_in_other_words(mock: Mock) -> None:
    _refusal(mock, 400, "Bad request.")


@broken("list.deleted-excluded", "a deleted account is listed by its id")
def deleted_by_id(mock: Mock) -> None:
    _deleted_listed(mock, lambda where: "id" in where)


@broken("list.deleted-excluded", "deleted accounts are listed by their platform's id")
def deleted_by_unique_id(mock: Mock) -> None:
    _deleted_listed(mock, lambda where: "network_unique_id" in where)


@broken("list.deleted-excluded", "deleted accounts are listed by platform")
def deleted_by_platform(mock: Mock) -> None:
    _deleted_listed(mock, lambda where: "platform" in where)


@broken("list.deleted-excluded", "deleted accounts are listed")
def deleted_listed(mock: Mock) -> None:
    _deleted_listed(mock, lambda _: True)


def _deleted_listed(mock: Mock, when: Callable[[Where], bool]) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        if not when(where):
            return stored_page(store, where, after, limit)
        rows = [row for row in store.rows() if all(row.account()[name] == value for name, value in where.items())]
        newer = [row for row in reversed(rows) if after is None or sort_key(row.account()) < after]
        return newer[:limit]

    mock.replace(MemoryStore, "page", page)


@broken("list.cursor-signed", "text after the signature and another dot is ignored")
def a_part_too_many(mock: Mock) -> None:
    _reading(mock, lambda cursors, cursor: _read(cursors, ".".join(cursor.split(".")[:2])))


@broken("list.cursor-signed", "the case of a cursor's signature does not matter")
def signatures_in_any_case(mock: Mock) -> None:
    cursors: dict[str, str] = {}

    async def handle(request: Request) -> Response:
        cursor = request.parameters.get("cursor", "")
        response = await (request.with_query(cursor=cursors.get(cursor.lower(), cursor)) if cursor else request).send()
        if response.status == 200 and response.json["next_cursor"]:
            cursors[response.json["next_cursor"].lower()] = response.json["next_cursor"]
        return response

    mock.handle("listSocialAccounts", handle)
