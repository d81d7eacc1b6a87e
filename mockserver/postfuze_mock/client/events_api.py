"""Events, webhooks and inboxes, as a part of the control API."""

from __future__ import annotations

from collections.abc import Sequence

from postfuze_mock.client.calls import Calls, present, segment
from postfuze_mock.client.fields import EventName, Json, WebhookFields

__tracebackhide__ = True  # pytest shows the line of the test that called, not ours


class EventsAPI(Calls):
    """What happens to accounts, where it is sent, and what inboxes receive."""

    # Events and webhooks.

    def list_events(
        self,
        *,
        event: str | None = None,
        since: str | None = None,
        q: str | None = None,
        webhook: str | None = None,
        undelivered: bool | None = None,
        wait: float | None = None,
        limit: int | None = None,
    ) -> list[Json]:
        """The newest events of accounts, oldest first, each with its `deliveries`; `event` selects one kind by its
        name, `since` those after the event with this `id`, `q` those of accounts as in `search_accounts`, `webhook`
        those sent to this URL, `undelivered` those that a receiver has not taken. If there are none, the call waits for
        one, up to `wait` seconds (at most 60)."""
        where = {"q": q, "webhook": webhook, "undelivered": undelivered}
        return self._newest("/events", limit, event=event, since=since, wait=wait, **where)

    def create_event(self, event: EventName, *, account: str | None = None, webhook: str | None = None) -> Json:
        """Send a test event to the webhooks that subscribe to it, or to the one with the URL `webhook`, about the
        account with the id `account`, or the newest one, to which nothing happens; returns the event."""
        return self._record("POST", "/events", body=present(event=event, account=account, webhook=webhook))

    def get_event(self, id: str) -> Json:
        """The event, each attempt of its deliveries with `sent_at`, `request` and `response`."""
        return self._record("GET", f"/events/{segment(id)}")

    def redeliver_event(self, id: str) -> Json:
        """Deliver the event again, now, to each webhook that subscribes to it; returns the event."""
        return self._record("POST", f"/events/{segment(id)}/redeliver")

    def get_webhooks(self) -> list[Json]:
        """The webhooks: `url`, `events`, `description`."""
        return self._list("GET", "/webhooks")

    def put_webhooks(self, webhooks: Sequence[WebhookFields]) -> list[Json]:
        """Replace all webhooks. A generated `signing_secret` is in this response only."""
        return self._list("PUT", "/webhooks", body=list(webhooks))

    # Inboxes, which receive webhooks.

    def list_inbox(
        self,
        name: str,
        *,
        event: str | None = None,
        since: str | None = None,
        wait: float | None = None,
        limit: int | None = None,
    ) -> list[Json]:
        """What the inbox `name` has received, oldest first: `id`, `received_at`, `event`, `headers`, `body`, `json`,
        `signature`. The rest as in `list_events`."""
        return self._newest(f"/inbox/{segment(name)}", limit, event=event, since=since, wait=wait)

    def clear_inbox(self, name: str) -> None:
        """Empty the inbox `name`."""
        self._call("DELETE", f"/inbox/{segment(name)}")
