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

if TYPE_CHECKING:  # importing it takes a tenth of a second; `list` and `explain` do without
    import httpx

_MAX_WAIT = 120.0  # seconds; the longest wait for a Retry-After
_TRIES = 4
_DOWN = (502, 503, 504)
_MAX_WAIT_IF_DOWN = 5.0  # seconds; the longest wait for a gateway
_MAX_DOWNTIME = 30.0  # seconds; the longest downtime that one request waits for, beyond its first tries
_MAX_DOWNTIME_OF_RUN = 300.0  # seconds; the longest downtime that a run waits for
_MAX_RETRIES = 30  # of a whole run, for a service that is down
_REQUESTS_PER_CLEANUP = 3  # to disconnect an account
_MAX_REFUSALS = 100  # stored responses of 429 and 503
_OVERTIME = 60.0  # seconds that the clean-up may take beyond the run's time, because it may have to wait for a limit


class Unreachable(Exception):
    """The target sent no response."""


class BudgetSpent(Exception):
    """The run's time or requests are used up."""


class Client:
    """A pool of connections to one target. Thread-safe."""

    def __init__(self, options: Options, sleep: Callable[[float], None] = time.sleep) -> None:
        import httpx

        limits = httpx.Limits(max_connections=options.connections, max_keepalive_connections=options.connections)
        self._http: httpx.Client = httpx.Client(
            base_url=options.url.rstrip("/"),
            limits=limits,
            timeout=options.timeout,
            trust_env=False,
            proxy=None if options.proxy is None else options.proxy.value,
            verify=True if options.certificates is None else ssl.create_default_context(cadata=options.certificates),
        )
        self._options = options
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next_at = 0.0
        self._started = time.monotonic()
        self.requests = 0
        self.writes = 0  # requests that count for the rate limit of account writes
        self.refusals: list[Exchange] = []  # the first responses of 429 and 503
        self._reserved = 0
        self._overtime = 0.0
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
        import httpx

        self._spend(request)
        raw = [(name.encode(), value.encode("utf-8")) for name, value in headers.items()]
        sent_at = time.time()
        for left in reversed(range(_TRIES)):
            try:
                response = self._http.request(request.method, request.target, headers=raw, content=request.body)
                break
            except httpx.TransportError as error:
                # After a dropped connection, a write is sent again only if it cannot have arrived. A second time-out
                # in a row is final.
                again = request.method == "GET" or isinstance(error, httpx.ConnectError)
                timed_out_again = isinstance(error, httpx.ReadTimeout) and left < _TRIES - 1
                if left == 0 or timed_out_again or not again:
                    raise Unreachable(f"{request.method} {request.path}: {type(error).__name__}") from error
        names = {name.lower(): value for name, value in response.headers.items()}
        exchange = Exchange(request, Response(response.status_code, names, response.content, sent_at, time.time()))
        if exchange.status in (429, 503) and len(self.refusals) < _MAX_REFUSALS:
            self.refusals.append(exchange)
        return exchange

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

    def reserve(self, accounts: int) -> None:
        """Reserve the requests and the time to disconnect so many accounts."""
        self._reserved = accounts * _REQUESTS_PER_CLEANUP

    def afford(self, accounts: int) -> None:
        """Raise BudgetSpent if so many accounts could be connected, but not disconnected again."""
        self._reserved += accounts * _REQUESTS_PER_CLEANUP
        used_up = self.used_up
        self._reserved -= accounts * _REQUESTS_PER_CLEANUP
        if used_up is not None:
            raise BudgetSpent(f"{used_up}, less what disconnecting accounts takes")

    def begin_clean_up(self) -> None:
        """Give what was reserved free, and a minute beyond the run's time."""
        self._reserved, self._overtime = 0, _OVERTIME

    @property
    def used_up(self) -> str | None:
        """The part of the run's budget that is used up, or None."""
        options = self._options
        if options.max_requests is not None and self.requests >= options.max_requests - self._reserved:
            return f"{options.max_requests} requests"
        if options.max_time is not None and time.monotonic() - self._started >= self._time_for_checks(options.max_time):
            return f"{options.max_time:g} s"
        return None

    def _time_for_checks(self, seconds: float) -> float:
        """The part of `seconds` for checks. The rest is reserved for the clean-up, by the average time of a request."""
        spent = time.monotonic() - self._started
        return seconds + self._overtime - min(self._reserved * spent / max(self.requests, 1), seconds / 4)

    def _spend(self, request: Request) -> None:
        """Count a request, and wait as the rate demands. Raises BudgetSpent."""
        options = self._options
        self._end_if_interrupted()
        with self._lock:
            if (used_up := self.used_up) is not None:
                raise BudgetSpent(used_up)
            self.requests += 1
            self.writes += request.method != "GET" and request.path.startswith("/social-accounts")
            pause = 0.0
            if options.rate:
                now = time.monotonic()
                self._next_at = max(self._next_at + 1 / options.rate, now)
                pause = self._next_at - now
        if pause > 0:
            self._sleep(pause)

    def wait(self, seconds: float) -> None:
        """Wait for at most two minutes. Raises BudgetSpent if the run has less time left."""
        max_time = self._options.max_time
        if max_time is not None and time.monotonic() - self._started + seconds > self._time_for_checks(max_time):
            raise BudgetSpent(f"{max_time:g} s")
        self._waiting = True  # a wait between two tries of a write loses nothing
        try:
            self._end_if_interrupted()
            self._sleep(min(seconds, _MAX_WAIT))
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
