"""The control API in Python: a method for each operation of its specification, with the operation's name.

Path parameters come first; members of the body or query that are left out are not sent. A list is returned whole, or up
to `limit` entries: the client follows the cursors. A refusal raises MockError.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from postfuze_mock.client.calls import present, segment
from postfuze_mock.client.events_api import EventsAPI
from postfuze_mock.client.fields import AccountFields, Effect, Json, PageFields, SnapshotFields

__tracebackhide__ = True  # pytest shows the line of the test that called, not ours


class ControlAPI(EventsAPI):
    """The control API of one world."""

    # The mock itself.

    def get_mock_health(self) -> Json:
        """`status`, `version`, `state` (the engine's name), `worlds` (how many), `seed`."""
        return self._record("GET", "/health")

    def list_worlds(self, *, q: str | None = None, first: bool | None = None, limit: int | None = None) -> list[Json]:
        """The worlds that exist, and those that the world file names (`made` is false): `name`, `key`, `accounts`,
        `sessions` and `source`. `q` is a part of a name; `first` selects the one that the mock's pages begin
        with."""
        return self._newest("/worlds", limit, q=q, first=first)

    # The world as a whole.

    def get_world(self, *, requests_since: int | None = None) -> Json:
        """The world at a glance: what made it, its clock, its faults, how much of it there is, and how many calls
        failed after the first `requests_since`."""
        return self._record("GET", "/world", query=present(requests_since=requests_since))

    def reset(
        self,
        *,
        world: str | Mapping[str, Any] | None = None,
        seed: int | None = None,
        assume: Mapping[str, str] | None = None,
        clock: str | None = None,
        keep_world: bool | None = None,
        all: bool | None = None,
    ) -> None:
        """Reset the world to how the server started it, or rebuild it from `world` (the name of a shipped world, or a
        document), with `seed`, with alternatives by assumption id, and with a `clock` (`T` or `T,frozen`). `keep_world`
        goes back to what the last such reset made. `all` resets every world."""
        body = present(world=world, seed=seed, assume=assume, clock=clock, keep_world=keep_world)
        self._call("POST", "/reset", query=present(all=all), body=body or None)

    def get_state(self) -> Json:
        """The world as a document that `put_state` can restore later, also into another world."""
        return self._record("GET", "/state")

    def put_state(self, state: Mapping[str, Any], *, requests: str | None = None) -> None:
        """Restore the world from a document of `get_state`. `requests` says what happens to those in the journal:
        `remove` (the default), `keep`, or `restore`, which also puts those back that were removed last."""
        self._call("PUT", "/state", query=present(requests=requests), body=state)

    # Time.

    def get_clock(self) -> Json:
        """`now` and `frozen`."""
        return self._record("GET", "/clock")

    def put_clock(self, *, now: str | None = None, frozen: bool | None = None) -> Json:
        """Set the time (RFC 3339), stop it, or let it run; returns the clock."""
        return self._record("PUT", "/clock", body=present(now=now, frozen=frozen))

    def advance_clock(self, seconds: float) -> Json:
        """Move the clock forward, or back with negative `seconds`; returns the clock."""
        return self._record("POST", "/clock/advance", body={"seconds": seconds})

    def list_upcoming(self) -> list[Json]:
        """What happens next as time passes, the earliest first: `at`, `what`, `subject`."""
        return self._list("GET", "/clock/upcoming")

    # Accounts, without the API's limits.

    def search_accounts(
        self,
        *,
        q: str | None = None,
        status: str | None = None,
        platform: str | None = None,
        deleted: bool | None = None,
        limit: int | None = None,
    ) -> list[Json]:
        """Accounts with their `behaviour` and `deleted`, newest first; `q` is a part of an id or a name."""
        query = {"q": q, "status": status, "platform": platform, "deleted": deleted}
        return [account for page in self._pages("/accounts", limit, query) for account in page]

    def get_account(self, id: str) -> Json:
        """One account as `search_accounts` returns it; it may be disconnected."""
        return self._record("GET", f"/accounts/{segment(id)}")

    def create_account(self, **fields: Unpack[AccountFields]) -> Json:
        """Create an account from any subset of its fields and its `behaviour`."""
        return self._record("POST", "/accounts", body=fields)

    def patch_account(self, id: str, /, **fields: Unpack[AccountFields]) -> Json:
        """Change the account; returns it."""
        return self._record("PATCH", f"/accounts/{segment(id)}", body=fields)

    def delete_account(self, id: str) -> Json:
        """Disconnect the account, as the API does; returns the acknowledgement."""
        return self._record("DELETE", f"/accounts/{segment(id)}")

    def restore_account(self, id: str) -> Json:
        """Let a disconnected account be served again, `active`; returns it."""
        return self._record("POST", f"/accounts/{segment(id)}/restore")

    def get_account_answers(self, id: str) -> list[Json]:
        """What the API would answer now to the calls that read the account, and what each would change."""
        return self._list("GET", f"/accounts/{segment(id)}/answers")

    def list_snapshots(self, id: str, *, limit: int | None = None) -> list[Json]:
        """The newest metric snapshots of an account, oldest first."""
        return self._newest(f"/accounts/{segment(id)}/snapshots", limit)

    def create_snapshots(self, id: str, snapshots: Sequence[SnapshotFields]) -> list[Json]:
        """Store metric snapshots; returns them as in a series."""
        return self._list("POST", f"/accounts/{segment(id)}/snapshots", body={"snapshots": list(snapshots)})

    # Pending sessions.

    def list_sessions(self, *, limit: int | None = None) -> list[Json]:
        """The newest pending sessions, oldest first, including expired ones."""
        return self._newest("/sessions", limit)

    def create_session(
        self,
        network: str,
        pages: int | Sequence[PageFields],
        *,
        tenant_id: str | None = None,
        expires_in: int | None = None,
    ) -> Json:
        """Create a pending session, as a customer's approval does: with `pages` generated pages, or with these
        pages. `expires_in` is in seconds."""
        body = {"network": network, "pages": pages if isinstance(pages, int) else list(pages)}
        body |= present(tenant_id=tenant_id, expires_in=expires_in)
        return self._record("POST", "/sessions", body=body)

    # Scripted faults.

    def list_faults(self, *, presets: bool | None = None, limit: int | None = None) -> list[Json]:
        """The faults, each with its `hits` and `left`; with `presets`, the presets instead."""
        return self._newest("/faults", limit, presets=presets)

    def create_fault(
        self,
        *,
        operation: str | None = None,
        effect: Effect | None = None,
        preset: str | None = None,
        times: int | None = None,
        after: int | None = None,
        probability: float | None = None,
    ) -> Json:
        """Make calls of `operation` (an operationId, or * for all) fail with `effect` or as in `preset`: the first
        `after` pass, then at most `times` are hit, each with `probability`."""
        body = present(
            operation=operation, effect=effect, preset=preset, times=times, after=after, probability=probability
        )
        return self._record("POST", "/faults", body=body)

    def delete_faults(self) -> None:
        """Remove all faults."""
        self._call("DELETE", "/faults")

    def delete_fault(self, id: str) -> None:
        """Remove a fault."""
        self._call("DELETE", f"/faults/{segment(id)}")

    # The journal.

    def list_requests(
        self,
        *,
        operation: str | None = None,
        status: str | int | None = None,
        since: str | None = None,
        q: str | None = None,
        bodies: bool | None = None,
        limit: int | None = None,
        all: bool | None = None,
    ) -> list[Json]:
        """The recent requests of the world, or with `all` of every world, the newest last. `status` is a status (404),
        a class (`4XX`), `dropped` or `refused`; `since` is the `id` of an entry and selects later ones; `q` is a text
        that they show. Without `bodies`, null stands for those."""
        filters = {"all": all, "operation": operation, "status": status, "since": since, "q": q, "bodies": bodies}
        return self._newest("/requests", limit, **filters)

    def get_request(self, id: str, *, all: bool | None = None) -> Json:
        """The request with this `id`, of the world, or with `all` of any."""
        return self._record("GET", f"/requests/{segment(id)}", query=present(all=all))

    def delete_requests(self) -> None:
        """Empty the journal."""
        self._call("DELETE", "/requests")

    def get_journal_settings(self) -> Json:
        """`bodies` (whether they are stored) and `size` (how many requests are stored)."""
        return self._record("GET", "/requests/settings")

    def put_journal_settings(self, *, bodies: bool | None = None, size: int | None = None) -> Json:
        """Set whether bodies are stored, and how many requests; returns the settings."""
        return self._record("PUT", "/requests/settings", body=present(bodies=bodies, size=size))

    # What the calls of all worlds have met.

    def get_coverage(self) -> Json:
        """What the calls of all worlds have met since the server started: `percent`, `met` and `total`, `groups` with
        their `items`, each with a command to `try`, and `statements`."""
        return self._record("GET", "/coverage")

    def delete_coverage(self) -> None:
        """Begin anew."""
        self._call("DELETE", "/coverage")
