"""Sends requests to the target, within the run's rate and budget. Only this module uses the keys."""

from __future__ import annotations

import math
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from postfuze_contracts.model.exchange import Exchange, Request, Response
from postfuze_contracts.model.instants import http_date
from postfuze_contracts.model.options import Options, Secret
from postfuze_contracts.target import content
from postfuze_contracts.target.budget import Budget, BudgetSpent
from postfuze_contracts.target.large_responses import LargeResponses

if TYPE_CHECKING:  # importing it takes a tenth of a second; `list` and `explain` do without
    import httpx

    from postfuze_contracts.target.receiver import Received

_MAX_WAIT = 120.0  # seconds; the longest wait for a Retry-After
_MAX_SILENCE = 10.0  # seconds without a byte, or a third of a longer `timeout`; then no response is expected any more
_TRIES = 4
_DOWN = (502, 503, 504)
_MAX_WAIT_IF_DOWN = 5.0  # seconds; the longest wait for a gateway
_MAX_DOWNTIME = 30.0  # seconds; the longest downtime that one request waits for, beyond its first tries
_MAX_DOWNTIME_OF_RUN = 300.0  # seconds; the longest downtime that a run waits for
_MAX_RETRIES = 30  # of a whole run, for a service that is down
_MAX_REFUSALS = 100  # stored responses of 429 and 503


class Unreachable(Exception):
    """The target sent no response."""


class Malformed(Unreachable):
    """What the target sent is no HTTP response. `flaw` says why, `operation` is what was called."""

    def __init__(self, request: Request, flaw: str) -> None:
        super().__init__(f"{request.method} {request.path}: the response {flaw}")
        self.operation, self.flaw = request.operation, flaw


class Client:
    """A pool of connections to one target. Thread-safe."""

    def __init__(
        self, options: Options, sleep: Callable[[float], None] = time.sleep, budget: Budget | None = None
    ) -> None:
        """`budget` is that of the run, if it has other clients."""
        import httpx

        from postfuze_contracts.target.transport import Transport

        limits = httpx.Limits(max_connections=options.connections, max_keepalive_connections=options.connections)
        self._transport = Transport(
            limits=limits,
            trust_env=False,
            proxy=None if options.proxy is None else options.proxy.value,
            verify=True if options.certificates is None else ssl.create_default_context(cadata=options.certificates),
        )
        self._http: httpx.Client = httpx.Client(
            base_url=options.url.rstrip("/"),
            headers={"Accept-Encoding": content.ACCEPTED},
            timeout=min(options.timeout, max(options.timeout / 3, _MAX_SILENCE)),
            trust_env=False,
            transport=self._transport,
        )
        self._options = options
        self._large_responses = LargeResponses()
        self.budget = budget or Budget(options)
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next_at = 0.0
        self.writes = 0  # requests that count for the rate limit of account writes
        self.refusals: list[Exchange] = []  # the first responses of 429 and 503
        self._uninterruptible = 0  # calls under way whose response must not be lost
        self._waiting = False
        self._interrupt: str | None = None  # the signal that is to end the run
        self._patience = _MAX_RETRIES
        self._downtime = 0.0  # seconds that the run waited for a service that was down

    def close(self) -> None:
        self._http.close()

    def send(
        self, request: Request, key: Secret | str | None, *, patient: bool = True, bearing: bool = True
    ) -> Exchange:
        """Send `request` with `key` (a Secret, a whole Authorization header, or None). After a 503 with `Retry-After`
        it is sent again, unless it is neither `patient` nor `bearing`; if `patient` also after a 429, and if `bearing`
        too after a gateway's temporary failure. Raises Unreachable, BudgetSpent."""
        headers = {"Accept": "application/json", **request.headers, **_authorization(key)}
        waits: list[float] = []
        while True:
            exchange = self._once(request, headers)
            seconds = self._seconds_to_wait(exchange, waits, patient, bearing)
            if seconds is None:
                return exchange
            waits.append(seconds)
            self.wait(seconds)

    def _seconds_to_wait(
        self, exchange: Exchange, waits: Sequence[float], patient: bool, bearing: bool
    ) -> float | None:
        """The seconds after which to send a request again that waited so often already, or None for not at all."""
        seconds, is_last = _retry_after(exchange.response), len(waits) >= _TRIES - 1
        if seconds is not None and seconds > _MAX_WAIT:
            return None
        if exchange.status == 429:
            return None if is_last or not patient else 1.0 if seconds is None else seconds
        if exchange.status == 503 and seconds is not None:
            return self._seconds_of_downtime(seconds, waits) if patient or bearing else None
        is_bearable = patient and bearing and exchange.request.method == "GET" and exchange.status in _DOWN
        if is_last or not is_bearable or self._patience <= 0:
            return None
        self._patience -= 1
        return min(seconds or 0.0, _MAX_WAIT_IF_DOWN)

    def _seconds_of_downtime(self, seconds: float, waits: Sequence[float]) -> float | None:
        """How long to wait for a service that is down and says when it will be up, or None if that takes too long."""
        if len(waits) >= _TRIES - 1 and (sum(waits) + seconds > _MAX_DOWNTIME or len(waits) >= _MAX_RETRIES):
            return None
        if self._downtime + seconds > _MAX_DOWNTIME_OF_RUN:
            return None
        self._downtime += seconds
        return seconds

    def _once(self, request: Request, headers: Mapping[str, str]) -> Exchange:
        self._spend(request)
        sent_at = time.time()
        received = self._receive(request, headers)
        exchange = Exchange(request, self._response(request, received, sent_at))
        if not self._large_responses.add(exchange.response) and request.method == "GET":
            raise Unreachable(f"{request.method} {request.path}, because earlier responses take too much memory")
        if exchange.status in (429, 503) and len(self.refusals) < _MAX_REFUSALS:
            self.refusals.append(exchange.evidence)
        return exchange

    def _receive(self, request: Request, headers: Mapping[str, str]) -> Received:
        """What comes in return for a request, after several tries within one deadline. Raises BudgetSpent."""
        import httpx

        from postfuze_contracts.target.receiver import receive

        raw = [(name.encode(), value.encode("utf-8")) for name, value in headers.items()]
        built = self._http.build_request(request.method, request.target, headers=raw, content=request.body)
        started, seconds_left = time.monotonic(), self.budget.seconds_left(write=request.method != "GET")
        deadline = started + min(self._options.timeout, seconds_left)
        for left in reversed(range(_TRIES)):
            received = receive(self._transport, built, deadline, self._options.max_response)
            # After a dropped connection, a write is sent again only if it cannot have arrived. A second time-out in a
            # row is final.
            again = request.method == "GET" or isinstance(received.error, httpx.ConnectError)
            timed_out_again = isinstance(received.error, httpx.ReadTimeout) and left < _TRIES - 1
            if received.error is None or received.is_out_of_bounds or timed_out_again or not again:
                break
        if received.error is not None:
            if seconds_left < self._options.timeout and time.monotonic() >= deadline:
                raise BudgetSpent(f"{self._options.max_time:g} s")
            self.budget.miss(time.monotonic() - started)
        return received

    def _response(self, request: Request, received: Received, sent_at: float) -> Response:
        """The response, perhaps with a flaw. Raises Malformed, Unreachable."""
        from postfuze_contracts.target.receiver import flaw_of

        flaw = flaw_of(received, self._options)
        # A write whose response is cut off may have worked, and is not sent again, so nothing is known about it.
        if received.error is None or received.is_out_of_bounds or request.method == "GET":
            if received.status is not None:
                return Response(received.status, received.headers, received.content.body, sent_at, time.time(), flaw)
            if flaw:
                raise Malformed(request, flaw)
        raise Unreachable(f"{request.method} {request.path}: {type(received.error).__name__}") from received.error

    @contextmanager
    def uninterrupted(self) -> Iterator[None]:
        """Delay an interrupt to the end of the block, so that the response to a write is not lost."""
        with self._lock:
            self._uninterruptible += 1
        try:
            yield
        finally:
            with self._lock:
                self._uninterruptible -= 1
        self._end_if_interrupted()

    def interrupt(self, signal: str, *, at_once: bool) -> None:
        """End the run because of this signal: `at_once`, or with its next request. For signal handlers."""
        self._interrupt = signal
        if at_once:
            self._end_if_interrupted()

    def _end_if_interrupted(self) -> None:
        """Raise KeyboardInterrupt once for each signal, as soon as that loses no response to a write."""
        if self._interrupt is not None and (self._waiting or not self._uninterruptible):
            signal, self._interrupt = self._interrupt, None
            raise KeyboardInterrupt(signal)

    @property
    def requests(self) -> int:
        """The number of requests of the run."""
        return self.budget.requests

    def _spend(self, request: Request) -> None:
        """Count a request, and wait as the rate demands. Raises BudgetSpent."""
        self._end_if_interrupted()
        self.budget.spend()
        pause = 0.0
        with self._lock:
            self.writes += request.method != "GET" and request.path.startswith("/social-accounts")
            if self._options.rate:
                now = time.monotonic()
                self._next_at = max(self._next_at + 1 / self._options.rate, now)
                pause = self._next_at - now
        if pause > 0:
            self.budget.require(pause)
            self._sleep(pause)

    def wait(self, seconds: float) -> None:
        """Wait for at most two minutes. Raises BudgetSpent if the run has less time left."""
        self._wait(seconds, self._sleep)

    def pause(self, seconds: float) -> None:
        """Wait in real time, even where the time of `wait` is simulated. Raises BudgetSpent."""
        self._wait(seconds, time.sleep)

    def _wait(self, seconds: float, sleep: Callable[[float], None]) -> None:
        self.budget.require(seconds)
        self._waiting = True  # a wait between two tries of a write loses nothing
        try:
            self._end_if_interrupted()
            sleep(min(seconds, _MAX_WAIT))
        finally:
            self._waiting = False


def _authorization(key: Secret | str | None) -> dict[str, str]:
    if key is None:
        return {}
    return {"Authorization": key if isinstance(key, str) else f"Bearer {key.value}"}


def _retry_after(response: Response) -> float | None:
    """The seconds in a `Retry-After` header, which may have a date instead; None without a valid header."""
    value = response.headers.get("retry-after", "").strip()
    try:
        return max(float(value), 0.0) if math.isfinite(float(value)) else None
    except ValueError:
        at = http_date(value)
    return None if at is None else max(at - (http_date(response.headers.get("date")) or response.received_at), 0.0)
