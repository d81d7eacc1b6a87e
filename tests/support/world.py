"""One world of a running mock: its keys, the API and the control API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import httpx

API: Final = "/api/v1"
OWN: Final = "own"
Json = dict[str, Any]


@dataclass(frozen=True)
class World:
    """The world `name`; calls use its test key unless they name another `key` (None: no key)."""

    request: Callable[..., httpx.Response]
    url: str
    name: str

    @property
    def key(self) -> str:
        return f"sk_test_{self.name}"

    @property
    def live_key(self) -> str:
        return f"sk_live_{self.name}"

    @property
    def readonly_key(self) -> str:
        """A key without scopes."""
        return f"{self.key}_readonly"

    @property
    def revoked_key(self) -> str:
        return f"{self.key}_revoked"

    @property
    def expired_key(self) -> str:
        return f"{self.key}_expired"

    def bearer(self, key: str | None = OWN) -> dict[str, str | bytes]:
        """The Authorization header, if any."""
        key = self.key if key == OWN else key
        return {} if key is None else {"Authorization": f"Bearer {key}"}

    def call(
        self,
        method: str,
        path: str,
        key: str | None = OWN,
        headers: Mapping[str, str | bytes] | None = None,
        **more: Any,
    ) -> httpx.Response:
        """Call the API; `more` is httpx's."""
        return self.request(method, f"{API}{path}", {**self.bearer(key), **(headers or {})}, **more)

    # The operations of the API. Methods ending in `_response` may be refused; the others must succeed.

    def list_response(self, query: str | Mapping[str, Any] = "", key: str | None = OWN) -> httpx.Response:
        """List accounts; a `query` that is a string is sent as it is."""
        text = query if isinstance(query, str) else str(httpx.QueryParams(dict(query)))
        return self.call("GET", f"/social-accounts{text and '?'}{text}", key)

    def page(self, **query: Any) -> Json:
        return _succeeded(self.list_response(query))

    def walk(self, limit: int = 100, **filters: Any) -> list[Json]:
        """All matching accounts, page by page."""
        page = self.page(limit=limit, **filters)
        rows: list[Json] = page["data"]
        while page["next_cursor"] is not None:
            page = self.page(limit=limit, cursor=page["next_cursor"], **filters)
            rows += page["data"]
        return rows

    def get_response(self, id: str, key: str | None = OWN) -> httpx.Response:
        return self.call("GET", f"/social-accounts/{id}", key)

    def get(self, id: str) -> Json:
        return _succeeded(self.get_response(id))

    def delete_response(self, id: str, key: str | None = OWN) -> httpx.Response:
        return self.call("DELETE", f"/social-accounts/{id}", key)

    def delete(self, id: str) -> Json:
        return _succeeded(self.delete_response(id))

    def metrics_response(self, id: str, query: str | Mapping[str, Any] = "", key: str | None = OWN) -> httpx.Response:
        """Read metrics; a `query` that is a string is sent as it is."""
        text = query if isinstance(query, str) else str(httpx.QueryParams(dict(query)))
        return self.call("GET", f"/social-accounts/{id}/metrics{text and '?'}{text}", key)

    def metrics(self, id: str, **window: str | int) -> Json:
        return _succeeded(self.metrics_response(id, window))

    def series(self, id: str, **window: str | int) -> list[Json]:
        """The stored snapshots of a window, by default of all time."""
        return cast(list[Json], self.metrics(id, **(window or {"since": 0}))["data"])

    def health_response(self, id: str, key: str | None = OWN) -> httpx.Response:
        return self.call("GET", f"/social-accounts/{id}/health", key)

    def health(self, id: str) -> Json:
        return _succeeded(self.health_response(id))

    def pending_response(self, token: str, key: str | None = None) -> httpx.Response:
        return self.call("GET", f"/social-accounts/pending/{token}", key)

    def pending(self, token: str) -> Json:
        return _succeeded(self.pending_response(token))

    def finalize_response(self, token: str, *pages: str, key: str | None = None) -> httpx.Response:
        return self.call(
            "POST", f"/social-accounts/pending/{token}/finalize", key, json={"selectedPageIds": list(pages)}
        )

    def finalize(self, token: str, *pages: str) -> list[Json]:
        """The connected accounts."""
        return cast(list[Json], _succeeded(self.finalize_response(token, *pages))["connectedAccounts"])

    def auth_url_response(self, platform: str = "x", key: str | None = OWN, **more: Any) -> httpx.Response:
        return self.call("POST", f"/social-networks/{platform}/auth-url", key, **more)

    # The control API.

    def control_response(self, method: str, path: str, body: Any = None, key: str | None = OWN) -> httpx.Response:
        """Call the control API, which may refuse; a `body` that is bytes is sent as it is."""
        headers = self.bearer(key)
        if isinstance(body, bytes):
            headers["Content-Type"] = "application/json"
            return self.request(method, f"/_mock{path}", headers, content=body)
        return self.request(method, f"/_mock{path}", headers, json=body)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API, which must succeed; returns the parsed body."""
        response = self.control_response(method, path, body)
        assert response.is_success, response.text
        return response.json() if response.content else None

    def make(self, **fields: Any) -> Json:
        """Create an account."""
        return cast(Json, self.control("POST", "/accounts", fields))

    def patch(self, id: str, **fields: Any) -> Json:
        return cast(Json, self.control("PATCH", f"/accounts/{id}", fields))

    def store_snapshots(self, id: str, *snapshots: Json) -> list[Json]:
        return cast(list[Json], self.control("POST", f"/accounts/{id}/snapshots", {"snapshots": snapshots})["data"])

    def session(self, network: str = "facebook", pages: Any = 2, **more: Any) -> Json:
        """Create a pending session."""
        return cast(Json, self.control("POST", "/sessions", {"network": network, "pages": pages, **more}))

    def state(self) -> Json:
        return cast(Json, self.control("GET", "/state"))

    def record(self, id: str) -> Json:
        """The stored record of an account, even if deleted: `account`, `deleted`, `hidden`."""
        (record,) = [each for each in self.state()["accounts"] if each["account"]["id"] == id]
        return cast(Json, record)

    def events(self, name: str | None = None) -> list[Json]:
        """The fired events, oldest first, optionally only those named `name`."""
        return [each for each in self.state()["events"] if name in (None, each["event"])]

    def control_pages(self, path: str, **query: Any) -> list[list[Json]]:
        """The pages of a list of the control API."""
        page = self.control("GET", f"{path}?{httpx.QueryParams(query)}")
        pages = [page["data"]]
        while page["next_cursor"] is not None:
            page = self.control("GET", f"{path}?{httpx.QueryParams({**query, 'cursor': page['next_cursor']})}")
            pages.append(page["data"])
        return pages

    def requests(self, **filters: Any) -> list[Json]:
        """The journal, newest last, optionally filtered; with `limit`, only its first page."""
        pages = self.control_pages("/requests", **filters)
        return pages[0] if "limit" in filters else [entry for page in reversed(pages) for entry in page]

    def reset(self, **body: Any) -> None:
        """Reset the world, optionally to another `world` or `seed`."""
        self.control("POST", "/reset", body or None)

    def now(self) -> str:
        return cast(str, self.control("GET", "/clock")["now"])

    def set_clock(self, now: str) -> None:
        self.control("PUT", "/clock", {"now": now})

    def advance(self, seconds: float = 0, **units: float) -> None:
        """Advance the clock by `seconds`, `minutes`, `hours` and `days`."""
        lengths = {"minutes": 60, "hours": 3600, "days": 86400}
        self.control(
            "POST", "/clock/advance", {"seconds": seconds + sum(n * lengths[unit] for unit, n in units.items())}
        )


def _succeeded(response: httpx.Response) -> Json:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    return cast(Json, response.json())
