"""The simplest possible store, and values with which ties and matches are common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st
from tests.mockserver.state.samples import session

from postfuze_mock.records import Row, Session, encode, sort_key

IDS: Final = [f"{n:08x}-0000-4a9f-9b1c-2e7d6f0a1234" for n in range(12)]
TIMES: Final = [f"2026-06-01T09:30:00.00{n}Z" for n in range(4)]
VALUES: Final[dict[str, list[str | None]]] = {
    "tenant_id": [None, "tenant_1", "tenant_2"],
    "platform": ["x", "facebook"],
    "username": [None, "acme", "ACME"],
    "network_unique_id": ["1", "2", "3"],
}
FINDABLE: Final = {"id": IDS, **{column: [*filter(None, values)] for column, values in VALUES.items()}}
TOKENS: Final = [f"token_{n}" for n in range(5)]
LOGS: Final = {"events": 3, "authorizations": 2}
COUNTERS: Final = ["event", "account"]

ids = st.sampled_from(IDS)
fields = st.fixed_dictionaries({column: st.sampled_from(values) for column, values in VALUES.items()})
rows = st.builds(
    lambda id, created_at, deleted, fields: encode({"id": id, "created_at": created_at, **fields}, deleted=deleted),
    ids,
    st.sampled_from(TIMES),
    st.booleans(),
    fields,
)
many_rows = st.lists(rows, max_size=8, unique_by=lambda row: row.account()["id"])
places = st.none() | st.builds(str.__add__, st.sampled_from(TIMES), ids)
filters = st.fixed_dictionaries(
    {}, optional={column: st.sampled_from([*values, "nobody's"]) for column, values in FINDABLE.items()}
)
tokens = st.sampled_from(TOKENS)
sessions = st.builds(
    lambda token, at, tenant: session(token, expires_at=at, tenant_id=tenant),
    tokens,
    st.none() | st.sampled_from(TIMES),
    st.sampled_from(VALUES["tenant_id"]),
)
logs = st.sampled_from(list(LOGS))
keys = st.sampled_from([str(n) for n in range(6)])
entries = st.fixed_dictionaries({"n": st.integers(0, 2)})
counters = st.sampled_from(COUNTERS)


def key(row: Row) -> str:
    """The row's sort key."""
    return sort_key(row.account())


def id_of(row: Row) -> str:
    """The id of its account."""
    id: str = row.account()["id"]
    return id


class Model:
    """A world: rows by id, scanned from end to end, and what else a store keeps."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.sessions: dict[str, Session] = {}
        self.logs: dict[str, dict[str, dict[str, Any]]] = {log: {} for log in LOGS}
        self.counters: dict[str, int] = {}

    def page(self, where: Mapping[str, str], after: str | None = None, limit: int = len(IDS)) -> list[Row]:
        """As `Store.page`."""
        matching = [row for row in self.rows.values() if _matches(row, where) and (after is None or key(row) < after)]
        return sorted(matching, key=key, reverse=True)[:limit]

    def append(self, log: str, key: str, entry: dict[str, Any]) -> str | None:
        """As `Store.append`, with the log's limit."""
        entries = self.logs[log]
        entries[key] = entry
        if len(entries) <= LOGS[log]:
            return None
        oldest = next(iter(entries))
        del entries[oldest]
        return oldest


def _matches(row: Row, where: Mapping[str, str]) -> bool:
    return not row.deleted and where.items() <= row.account().items()
