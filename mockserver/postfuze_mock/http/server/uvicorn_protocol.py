"""uvicorn's HTTP protocol, bounded in size and time; what it refuses gets a problem document."""

from __future__ import annotations

import asyncio
from typing import Any, Final, Literal

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from postfuze_mock.http.server import bounds, offers
from postfuze_mock.http.server.connections import Connections
from postfuze_mock.http.server.cycle import Cycle, eager_task, new_cycle
from postfuze_mock.http.server.patience import Patience
from postfuze_mock.http.server.transport import ClosingTransport
from postfuze_mock.problems import Problem

#: Bytes that are parsed at once. Whatever they ask for is begun before more is parsed.
SLICE: Final = 4 << 10
#: Bytes that a refused client may go on sending, unread.
MAX_DISCARD: Final = 64 << 20


class UvicornProtocol(HttpToolsProtocol):
    """uvicorn's protocol with these differences:

    - Responses go through a `ClosingTransport`, a short one at once (`Cycle`), and stages find the connection in the
      scope (`connection.Connection`). A request that nothing precedes starts at once, without a turn of the event loop.
    - What surrounds the body is bounded (`bounds`), and so is the time of each phase (`connections`). uvicorn's timer
      for idle connections, one per response, is not used.
    - Pipelined requests are parsed as they are answered. A request that is refused, because it is no HTTP (RFC 9112,
      section 2.2), too large or too late, gets its problem document once all earlier ones are answered; then the
      connection closes.
    - A client that has sent all it wants to send (half-closed) gets its responses.
    - An offer to upgrade is ignored (RFC 9110, section 7.8), where uvicorn would lose the request's body. Trailer
      fields are ignored, where uvicorn would take them for header fields.
    """

    def __init__(self, *arguments: Any, connections: Connections, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.open_connections = connections
        self.ending = asyncio.Event()
        #: What the next bytes belong to; those of a closing connection are discarded.
        self.phase: Literal["idle", "head", "body", "closing"] = "idle"
        self.running: RequestResponseCycle | None = None  # the request that is being answered
        self.next: Cycle | None = None  # the same one, until it is started
        self.unparsed = b""  # what came behind requests that wait to be answered
        self.refusal = b""
        self.eof = False  # the client has sent everything
        self.shutdown_at: float | None = None
        # Bytes so far: those received, and those before the present slice and before the present request.
        self.received = self.before = self.start = self.discarded = 0
        self.requests = 0
        self.patience = Patience(self)

    # What asyncio calls

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.transport = self.closing = ClosingTransport(transport, self._close)  # type: ignore[assignment]
        self.open_connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.open_connections.discard(self)
        self.closing.abandon()
        self.phase = "closing"
        self.ending.set()
        if self.running is not None:
            _abandon(self.running)
        self.pipeline.clear()
        super().connection_lost(exc)
        self.running = self.cycle = self.scope = None  # type: ignore[assignment]  # the scope refers to the connection

    def data_received(self, data: bytes) -> None:
        if len(data) <= SLICE and self.running is None and self.phase != "closing":
            self._parse(data)  # most requests; no others wait
            if self.next is not None:
                self._start(at_once=True)
            return
        for at in range(0, len(data), SLICE):
            if self.phase == "closing":
                self._discard(len(data) - at)
                return
            if self.pipeline or self.unparsed:
                self.unparsed += data[at:]
                self.flow.pause_reading()
                return
            self._parse(data[at : at + SLICE])
            self._start()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Whether the connection stays open for responses."""
        self.eof = True
        self.ending.set()
        if self.phase in ("head", "body") and not self.unparsed:
            self.refuse(bounds.cut_short(self.phase))
        return self.running is not None

    # What the parser calls; a Problem refuses the request

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.phase = "head"
        self.start = self.before
        self.discarded = 0
        self.requests += 1

    def on_headers_complete(self) -> None:
        offer = self.parser.should_upgrade()
        if offer:
            bounds.check_method(self.parser.get_method())
        version = self.parser.get_http_version()
        bounds.check_head(version, self.url, self.headers, self.received - self.start)
        if not self.url.startswith(b"/"):
            self.url = bounds.origin_form(self.url)
        if offer:
            return
        self.expect_100_continue &= version == "1.1"  # HTTP/1.0 knows no 100
        # Without the 100, nobody knows whether the body follows the response.
        keep_alive = version != "1.0" and self.parser.should_keep_alive() and not self.expect_100_continue
        self.cycle = new_cycle(self, version, keep_alive=keep_alive)
        if self.running is None:
            self.running = self.next = self.cycle
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))
        self.headers = []  # for trailer fields
        self.phase = "body"

    def on_body(self, body: bytes) -> None:
        self.start += len(body) + bounds.CHUNK_FRAME
        if self.cycle.response_complete:
            self._discard(len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        self.phase = "idle"
        if self.expect_100_continue:
            self.cycle.keep_alive = self.shutdown_at is None and self.parser.should_keep_alive()
        self.cycle.more_body = False
        self.cycle.message_event.set()

    # What a response calls

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        self.running = None
        if self.transport.is_closing():
            return
        if self.pipeline:
            self.running, app = self.pipeline.pop()
            self._start_asgi_task(self.running, app)
        elif self.phase == "closing":
            self._send_refusal()
        elif self.unparsed or self.eof:
            self._read_on()
        else:
            self.flow.resume_reading()

    def drop(self, how: Literal["reset", "empty"]) -> None:
        """End the connection without a response: with a TCP reset, or in good order."""
        if self.running is not None:
            self.running.disconnected = True  # stops uvicorn from sending a 500
        if how == "reset":
            self.closing.reset()
        else:
            self.transport.close()

    # What the server calls

    def shutdown(self) -> None:
        self.shutdown_at = self.loop.time()
        self.ending.set()
        super().shutdown()
        if self.transport.is_closing():
            self.closing.close_now()

    @property
    def idle(self) -> bool:
        """Whether no request is being answered or waits for its body, and all responses are sent."""
        return self.running is None and self.phase != "body" and not self.transport.get_write_buffer_size()

    def end(self) -> None:
        """Close the connection, which is idle."""
        self.phase = "closing"
        self.closing.abandon()
        self.closing.hang_up()

    def refuse_connection(self) -> None:
        """Answer that there are too many connections, and close this one."""
        maximum = self.open_connections.maximum
        detail = f"The mock has {maximum} open connections, and all are busy; --max-connections allows more."
        self.refuse(Problem(503, detail, code="too_many_connections", headers={"Retry-After": "1"}))

    def check(self, now: float) -> None:
        """End the connection if it has waited too long for its client; `now` is the time of the event loop."""
        self.patience.check(now)

    def refuse(self, problem: Problem) -> None:
        """Answer what is being read with `problem`, once all earlier requests are answered, and close the connection.
        A request that is answered already gets no second response."""
        if self.phase == "closing":
            return
        self.refusal = bounds.response(problem, self.server_state.default_headers)
        # Before there is a target, the parser still has the method of the request before.
        if self.phase != "idle" and self.url and self.parser.get_method() == b"HEAD":
            self.refusal = self.refusal[: self.refusal.index(b"\r\n\r\n") + 4]
        if self.phase == "body":
            self._give_up_body()
        self.phase = "closing"
        self.unparsed = b""
        if self.running is None:
            self._send_refusal()

    def _give_up_body(self) -> None:
        """Stop the request whose body never ends, unless its response has begun."""
        if self.cycle.response_started:
            self.refusal = b""
            return
        _abandon(self.cycle)
        if self.cycle is self.running:
            self.running = None
            self.ending.set()
        else:
            self.pipeline.popleft()

    def _send_refusal(self) -> None:
        if self.refusal:
            self.transport.write(self.refusal)
        self.transport.close()

    def _close(self) -> None:
        """Close the connection once everything is sent. What the client still sends is read and discarded, until it has
        closed the connection too (RFC 9112, section 9.6)."""
        may_send = not self.eof and self.shutdown_at is None
        self.phase = "closing"
        self.running = None
        self.pipeline.clear()
        if may_send:
            self.closing.half_close()
            self.flow.resume_reading()
        else:
            self.closing.close_now()

    def _start(self, *, at_once: bool = False) -> None:
        """Start the next request, if there is one. One that another one caused must not start `at_once`: a long
        pipeline would become a deep recursion."""
        if self.next is None:
            return
        cycle, self.next = self.next, None
        if not at_once:
            self._start_asgi_task(cycle, self.app)
            return
        task = eager_task(cycle.run_asgi(self.app), self.loop)
        if not task.done():
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    # Parsing

    def _parse(self, data: bytes) -> None:
        while data:  # again after an offer to upgrade
            self.before = self.received
            self.received += len(data)
            try:
                self.parser.feed_data(data)
                data = b""
            except HttpParserUpgrade as upgrade:
                rest = data[upgrade.args[0] :]
                data = offers.without_offer(self.parser, self.url, self.headers) + rest
                self.parser = HttpRequestParser(self)
            except HttpParserError as error:
                self.refuse(bounds.parse_error(error))
                return
        if self.received - self.start > bounds.MAX_TARGET:
            self._check_unfinished()

    def _check_unfinished(self) -> None:
        """Refuse what is too large before it is complete. The first and the last slice may have bytes of others."""
        if self.phase == "head" and len(self.url) > bounds.MAX_TARGET:
            self.refuse(bounds.target_too_long())
        elif self.received - self.start > bounds.MAX_HEAD + 2 * SLICE:
            self.refuse(bounds.too_large())

    def _discard(self, size: int) -> None:
        """Count `size` bytes that nobody reads; close the connection if there are too many."""
        self.discarded += size
        if self.discarded > MAX_DISCARD:
            self.end()

    def _read_on(self) -> None:
        """Parse what was held back, then read again."""
        unparsed, self.unparsed = self.unparsed, b""
        self.data_received(unparsed)
        if self.eof and not self.unparsed and not self.eof_received():
            self.transport.close()
        elif not self.pipeline:
            self.flow.resume_reading()


def _abandon(cycle: RequestResponseCycle) -> None:
    """Let the application of a request know that its client is gone; whatever it sends is ignored."""
    cycle.disconnected = True
    cycle.message_event.set()
