"""Lists that break one rule each: the mock's own list, made anew with another part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from tests.contracts.proxy import Answer, Call, Rule
from tests.contracts.relisting import (
    FILTERS,
    INVALID_CURSOR,
    Listing,
    Position,
    Row,
    clamped,
    equal,
    newest,
    opened,
    problem,
    sealed,
    unpacked,
)


def is_list(call: Call) -> bool:
    return call.method == "GET" and call.path == "/social-accounts"


def matching(name: str, matches: Any) -> Listing:
    """One filter matches in another way."""
    return Listing(matches=lambda row, by, value: matches(row, value) if by == name else equal(row, by, value))


def ignoring(name: str) -> Listing:
    return matching(name, lambda *_: True)


def starting(name: str) -> Listing:
    return matching(name, lambda row, value: str(row[name] or "").startswith(value))


def folding(name: str) -> Listing:
    return matching(name, lambda row, value: str(row[name]).lower() == value.lower())


def forgetting(name: str) -> Listing:
    """A filter is forgotten on pages that follow a cursor."""
    return Listing(filters=lambda query: {k: v for k, v in query.items() if k != name or "cursor" not in query})


def losing(name: str) -> Rule:
    """A filter leaves all that match but the oldest."""

    def rule(call: Call) -> Answer:
        last = Listing(limit=lambda _: 10**6)
        if is_list(call) and name in call.query:
            rows = last(replace(call, target=f"/api/v1/social-accounts?{urlencode({name: call.query[name]})}")).json
            lost = [row["id"] for row in rows["data"][-1:]] if len(rows["data"]) > 1 else []
            return Listing(matches=lambda row, by, value: equal(row, by, value) and row["id"] not in lost)(call)
        return Listing()(call)

    return rule


def or_together(matched: list[bool]) -> bool:
    return any(matched)


def last_wins(matched: list[bool]) -> bool:
    return matched[-1]


def nothing_for_two(matched: list[bool]) -> bool:
    return len(matched) < 2 and all(matched)


def skips_one(rows: list[Row], following: int) -> list[Row]:
    return rows[following + 1 :]


def repeats_one(rows: list[Row], following: int) -> list[Row]:
    return rows[following - 1 :]


def skips_ties(rows: list[Row], following: int) -> list[Row]:
    return [row for row in rows[following:] if row["created_at"] < rows[following - 1]["created_at"]]


def updated(row: Row) -> Position:
    return [row["updated_at"], row["id"]]


def least_id(row: Row) -> Position:
    return [row["created_at"], inverted(row["id"])]


def oldest(row: Row) -> Position:
    return [inverted(row["created_at"]), row["id"]]


def inverted(text: str) -> list[int]:
    return [-ord(character) for character in text]


def each_page_oldest_first(rows: list[Row], cursor: str | None) -> Any:
    return {"data": sorted(rows, key=newest), "next_cursor": cursor}


def offsets(call: Call) -> Answer:
    """Cursors count rows instead of naming the last one."""
    position = opened(call.query.get("cursor", "")) or [0]
    start = position[0] if isinstance(position[0], int) else 0
    listing = Listing(
        after=lambda rows, _: rows[start:],
        seal=lambda _: sealed([start + clamped(call.query)]),
        open=lambda cursor: [""] if opened(cursor) else None,
    )
    return listing(call)


def needs_the_cursors_row() -> Rule:
    """A cursor is no longer taken once the account that it ended with is gone."""

    def rule(call: Call) -> Answer:
        position = opened(call.query["cursor"]) if is_list(call) and "cursor" in call.query else None
        if position is not None and call.instead("GET", f"/social-accounts/{position[1]}").status == 404:
            return INVALID_CURSOR
        return Listing()(call)

    return rule


def shows_deleted(only_by: str | None = None) -> Rule:
    """Lists show the accounts that were deleted; or just those that are filtered by `only_by`."""
    gone: list[Row] = []
    listing = Listing(more=lambda call: gone if only_by is None or only_by in call.query else [])

    def rule(call: Call) -> Answer:
        account = call.instead("GET", call.path) if call.method == "DELETE" else None
        answer = listing(call)
        if account is not None and account.status == 200 and answer.status == 200:
            gone.append({**account.json, "status": "disabled"})
        return answer

    return rule


def page_of(body: Any) -> Rule:
    """An empty list answers `body`."""

    def rule(call: Call) -> Answer:
        answer = call.forward()
        return answer.but(body) if is_list(call) and answer.json.get("data") == [] else answer

    return rule


def missing_when_empty(call: Call) -> Answer:
    answer = call.forward()
    empty = is_list(call) and answer.json.get("data") == []
    return problem(404, "Not Found", "No accounts.") if empty else answer


def unchecked(cursor: str) -> Position | None:
    try:
        return unpacked(cursor.partition(".")[0])
    except ValueError:
        return None


def half_checked(cursor: str) -> Position | None:
    """Compares as much of the signature as was sent."""
    payload, _, signature = cursor.partition(".")
    return unpacked(payload) if signature and sealed(unpacked(payload)).startswith(cursor) else None


def checked_if_there(cursor: str) -> Position | None:
    return opened(cursor) if cursor.partition(".")[2] else unchecked(cursor)


def from_the_start(cursor: str) -> Position:
    return opened(cursor) or ["~"]


def guarded(open: Any) -> Any:
    def opening(cursor: str) -> Position | None:
        try:
            return open(cursor)  # type: ignore[no-any-return]
        except ValueError:
            return None

    return opening


def unsigned(position: Position) -> str:
    return sealed(position).partition(".")[0]


BROKEN: list[tuple[str, Rule, str]] = [
    ("default of 20", Listing(limit=lambda query: clamped(query, default=20)), "list.default-25"),
    ("default of 50", Listing(limit=lambda query: clamped(query, default=50)), "list.default-25"),
    ("limit ignored", Listing(limit=lambda _: 25), "list.limit-100"),
    ("one less", Listing(limit=lambda query: max(1, clamped(query) - ("limit" in query))), "list.limit-100"),
    ("no greatest limit", Listing(limit=lambda query: clamped(query, greatest=10**6)), "list.limit-100"),
    ("greatest limit of 50", Listing(limit=lambda query: clamped(query, greatest=50)), "list.limit-100"),
    (
        "limit ignored after a cursor",
        Listing(limit=lambda q: clamped(q) if "cursor" not in q else 25),
        "list.limit-100",
    ),
    ("other names", Listing(envelope=lambda rows, cursor: {"items": rows, "nextCursor": cursor}), "list.envelope"),
    (
        "no null cursor",
        Listing(envelope=lambda rows, cursor: {"data": rows, **({"next_cursor": cursor} if cursor else {})}),
        "list.envelope",
    ),
    ("oldest first", Listing(key=oldest), "list.newest-first"),
    ("by updates", Listing(key=updated), "list.newest-first"),
    ("pages oldest first", Listing(envelope=each_page_oldest_first), "list.newest-first"),
    ("ties by least id", Listing(key=least_id), "list.ties-by-id"),
    ("skips one", Listing(after=skips_one), "list.walk-complete"),
    ("repeats one", Listing(after=repeats_one), "list.walk-complete"),
    ("skips ties", Listing(after=skips_ties), "list.walk-complete"),
    ("offsets", offsets, "list.walk-steady"),
    ("cursor's row", needs_the_cursors_row(), "list.walk-steady"),
    ("cursor after a full last page", Listing(last=lambda rest, limit: len(rest) < limit), "list.null-at-end"),
    ("cursor always", Listing(last=lambda rest, _: not rest), "list.null-at-end"),
    ("null too early", Listing(last=lambda rest, limit: len(rest) <= limit + 1), "list.null-at-end"),
    ("null before the last thirty", Listing(last=lambda rest, _: len(rest) <= 30), "list.null-at-end"),
    ("404 when empty", missing_when_empty, "list.empty"),
    ("null when empty", page_of({"data": None, "next_cursor": None}), "list.empty"),
    ("cursor when empty", page_of({"data": [], "next_cursor": "bm9uZQ.c0de"}), "list.empty"),
    ("signature unchecked", Listing(open=unchecked), "list.cursor-signed"),
    ("signature half checked", Listing(open=guarded(half_checked)), "list.cursor-signed"),
    ("signature checked if there", Listing(open=guarded(checked_if_there)), "list.cursor-signed"),
    ("unsigned cursors", Listing(seal=unsigned, open=unchecked), "list.cursor-signed"),
    ("starts again", Listing(open=from_the_start), "list.cursor-signed"),
    ("422", Listing(bad_cursor=problem(422, "Unprocessable Entity", "Invalid cursor")), "list.cursor-signed"),
    ("another detail", Listing(bad_cursor=problem(400, "Bad Request", "Bad page")), "list.cursor-signed"),
    *((f"ignores {name}", ignoring(name), f"list.filter-{name}") for name in FILTERS),
    *((f"forgets {name}", forgetting(name), f"list.filter-{name}") for name in ("tenant_id", "platform", "username")),
    *((f"loses by {name}", losing(name), f"list.filter-{name}") for name in ("tenant_id", "platform", "username")),
    *((f"starts with {name}", starting(name), f"list.filter-{name}") for name in ("username", "network_unique_id")),
    *((f"folds {name}", folding(name), f"list.filter-{name}") for name in ("username", "tenant_id")),
    ("or", Listing(combine=or_together), "list.filters-and"),
    ("last wins", Listing(combine=last_wins), "list.filters-and"),
    ("nothing for two", Listing(combine=nothing_for_two), "list.filters-and"),
    ("shows deleted", shows_deleted(), "list.deleted-excluded"),
    ("shows deleted by id", shows_deleted("id"), "list.deleted-excluded"),
]
# An empty list has an envelope too.
ALSO = {"list.envelope": {"list.empty"}}
NAMES = {
    "list.filter-tenant_id": "list.filter-tenant",
    "list.filter-network_unique_id": "list.filter-network-unique-id",
    "list.filter-networkUniqueId": "list.filter-alias",
}
