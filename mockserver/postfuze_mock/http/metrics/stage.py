"""The outermost stage with `--metrics`: counts each request and times it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Final, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postfuze_mock.http.call import SCOPE_KEY
from postfuze_mock.http.metrics.instruments import Instruments

#: The operation of what is no call of an operation, and the status of a call that gets no response.
NONE: Final = "none"


class _Counted(NamedTuple):
    """The functions that count a request."""

    add: Callable[[], None]
    time: Callable[[float], None]


class MetricsStage:
    """Counts requests when their response is complete."""

    def __init__(self, app: ASGIApp, *, instruments: Instruments) -> None:
        self.app: ASGIApp = app.__call__  # type: ignore[operator]  # a bound method takes half the time to call
        self.instruments = instruments
        self._counted: dict[tuple[str, int | None], _Counted] = {}

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        start = perf_counter()
        status: int | None = None

        def forward(message: Message) -> Awaitable[None]:  # no coroutine, as in the journal's stage
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            elif not message.get("more_body"):
                self._count(scope, status, perf_counter() - start)
            return send(message)

        return self.app(scope, receive, forward)

    def _count(self, scope: Scope, status: int | None, seconds: float) -> None:
        call = scope.get(SCOPE_KEY)
        key = (NONE if call is None else call.operation, status)
        counted = self._counted.get(key)
        if counted is None:
            counted = self._counted[key] = self._find(*key)
        counted.add()
        counted.time(seconds)

    def _find(self, operation: str, status: int | None) -> _Counted:
        add = self.instruments.requests.labels(operation, NONE if status is None else str(status)).inc
        return _Counted(add, self.instruments.durations.labels(operation).observe)
