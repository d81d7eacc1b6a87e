"""Few different values, so that ties, matches, expiries and reconnections are common."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from hypothesis import strategies as st

from postfuze_fixtures.timestamps import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, iso, parse_iso

START: Final = parse_iso("2026-06-14T12:10:00.000Z")
NETWORKS: Final = ("x", "facebook", "google_business")  # probed; with a token that never expires; without live metrics
STATUSES: Final = ("active", "disabled", "token_expired", "revoked")
TENANTS: Final = (None, "tenant_1", "tenant 2&more=ü")
USERNAMES: Final = (None, "acme", "Acme", "ünïcode.名前")
PAGE_IDS: Final = ("101", "102", "103", "10/4.5")
IDS: Final = tuple(f"{n:08x}-0000-4a9f-9b1c-2e7d6f0a1234" for n in range(8))
UNKNOWN_ID: Final = "ffffffff-0000-4a9f-9b1c-2e7d6f0a1234"
PASSING: Final = (1, 59.999, 60, 600, 900, 3_600, 7_200, 86_400)  # seconds

created = st.sampled_from([START - n * SECOND_MS for n in range(3)]).map(iso)
expiries = st.none() | st.sampled_from(
    [START + n * MINUTE_MS for n in (-60, 0, 9, 10, 11, 120, 2000)] + [START + 10 * MINUTE_MS - 1]
).map(iso)
behaviours = st.fixed_dictionaries(
    {},
    optional={
        "platform": st.sampled_from(["reachable", "unreachable"]),
        "identity": st.sampled_from(["ok", "unauthorized"]),
        "refresh": st.sampled_from(["ok", "fails", "revoked"]),
    },
)
changes = st.fixed_dictionaries(
    {},
    optional={
        "tenant_id": st.sampled_from(TENANTS),
        "username": st.sampled_from(USERNAMES),
        "status": st.sampled_from(STATUSES),
        "token_expires_at": expiries,
        "behaviour": behaviours,
    },
)
accounts = st.builds(
    lambda fields, more: {**more, **fields},
    changes,
    st.fixed_dictionaries(
        {"platform": st.sampled_from(NETWORKS), "created_at": created},
        optional={"id": st.sampled_from(IDS), "network_unique_id": st.sampled_from(PAGE_IDS)},
    ),
)
filters = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from([*IDS, UNKNOWN_ID]),
        "platform": st.sampled_from([*NETWORKS, "reddit"]),
        "tenant_id": st.sampled_from([*filter(None, TENANTS), "nobody's"]),
        "username": st.sampled_from([*filter(None, USERNAMES), "nobody's"]),
        "network_unique_id": st.sampled_from(PAGE_IDS),
    },
)
keys = st.sampled_from(["sk_live_model", "sk_test_model", "sk_live_model_readonly"])


def pages(ids: list[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.tuples(*map(_page, ids)).map(list)


def _page(id: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "id": st.just(id),
            "type": st.just("page"),
            "name": st.sampled_from(["Acme Storefront", "Müller & Söhne"]),
            "username": st.sampled_from(USERNAMES),
            "profilePictureUrl": st.none() | st.just(f"https://graph.facebook.com/{quote(id)}/picture"),
        }
    )


sessions = st.fixed_dictionaries(
    {
        "network": st.sampled_from(NETWORKS),
        "pages": st.integers(2, 4)
        | st.lists(st.sampled_from(PAGE_IDS), min_size=2, max_size=4, unique=True).flatmap(pages),
    },
    optional={"tenant_id": st.sampled_from(TENANTS), "expires_in": st.sampled_from([0, 60, 7_200])},
)
instants = st.sampled_from(
    [START + days * DAY_MS + step for days in (-3, -1, 0) for step in (0, SECOND_MS, -6 * HOUR_MS - 10 * MINUTE_MS)]
)
snapshots = st.lists(
    st.fixed_dictionaries(
        {"captured_at": instants.map(iso)},
        optional={"followers": st.integers(0, 10**9), "reach": st.integers(0, 9), "posts_count": st.just(0)},
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda snapshot: snapshot["captured_at"],
)


def bounds(captured: list[int]) -> st.SearchStrategy[tuple[int, str] | None]:
    """A bound of a window (ms and its format), often the instant of a capture; None: open."""
    return st.none() | st.tuples(st.sampled_from([*captured, *captured, START, START - DAY_MS]), forms)


forms = st.sampled_from(["unix", "iso", "offset"])


def written(bound: tuple[int, str]) -> str:
    """A bound of a window in the query."""
    at, form = bound
    if form == "unix":
        return str(at // SECOND_MS)
    return iso(at) if form == "iso" else iso(at + 2 * HOUR_MS).replace("Z", "+02:00")
