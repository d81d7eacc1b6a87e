"""How long a connection may wait for its client."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from postfuze_mock.http.server import bounds

if TYPE_CHECKING:
    from postfuze_mock.http.server.uvicorn_protocol import UvicornProtocol

#: Seconds for which a refused client may go on sending, unread. Closing with unread bytes would reset the connection,
#: and with it the response.
LINGER: Final = 5.0
#: Seconds that the responses under way may take after the server began to shut down.
GRACE: Final = 3.0


class Patience:
    """Ends the connection of `protocol` when it has waited too long. The time of a phase counts, not that of a byte, so
    that no client can extend it by sending slowly."""

    def __init__(self, protocol: UvicornProtocol) -> None:
        self.protocol = protocol
        self._state: tuple[object, ...] = ()
        self._since = 0.0

    def check(self, now: float) -> None:
        """End the connection if it is time; `now` is that of the event loop."""
        protocol = self.protocol
        unsent = protocol.transport.get_write_buffer_size()
        state = (protocol.requests, protocol.phase, protocol.running is None, unsent)
        if state != self._state:
            self._state, self._since = state, now
        limit, act = self._limit(unsent)
        if limit and now - self._since >= limit:
            act()
        if protocol.shutdown_at is not None and now - protocol.shutdown_at >= GRACE:
            protocol.transport.abort()

    def _limit(self, unsent: int) -> tuple[float, Callable[[], None]]:
        """How long the connection may stay as it is (seconds, 0: for ever), and what then ends it."""
        protocol = self.protocol
        if protocol.transport.is_closing() and not unsent:
            return LINGER, protocol.transport.abort
        if unsent:
            return protocol.open_connections.request_timeout, protocol.transport.abort
        if protocol.running is not None and (protocol.phase in ("idle", "closing") or protocol.flow.read_paused):
            return 0, protocol.end  # the client waits for us
        if protocol.phase == "idle":
            return protocol.open_connections.idle_timeout, protocol.end
        return protocol.open_connections.request_timeout, self._refuse

    def _refuse(self) -> None:
        seconds = self.protocol.open_connections.request_timeout
        self.protocol.refuse(bounds.late(self.protocol.phase, seconds))
