"""The coverage of a server, and calls for it."""

from __future__ import annotations

from typing import Any

from tests.support.calls import API
from tests.support.servers import RunningMock
from tests.support.world import World

Json = dict[str, Any]


class Met:
    """What was met of the mock `server`; `demo` and `other` are two of its worlds."""

    def __init__(self, server: RunningMock) -> None:
        self.server = server
        self.client = server.client("demo")
        self.demo: World = server.world("demo")
        self.other: World = server.world("other")
        self._caller = server.caller(self.demo.key)

    def __getitem__(self, id: str) -> Json:
        """An item."""
        items: dict[str, Json] = {item["id"]: item for group in self.report()["groups"] for item in group["items"]}
        return items[id]

    def __contains__(self, id: str) -> bool:
        """Whether the item was met."""
        return bool(self[id]["met"])

    def report(self) -> Json:
        return self.client.get_coverage()

    def group(self, id: str) -> Json:
        return next(group for group in self.report()["groups"] if group["id"] == id)

    def prefer(self, status: int, path: str = "/social-accounts") -> None:
        """Call the API in the world `demo`, and ask for this status."""
        response = self._caller.call("GET", f"{API}{path}", Prefer=f"code={status}")
        assert response.status == status
