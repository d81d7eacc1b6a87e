"""The stack: stages around a terminal application, and the stage that turns exceptions into responses."""

from __future__ import annotations

import abc
from collections.abc import Awaitable, Iterable
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postfuze_mock.http import errors
from postfuze_mock.http.endpoints import Endpoint
from postfuze_mock.problems import CONTENT_TYPE


class Stage(abc.ABC):
    """A middleware that prepares its work for each endpoint when the application starts."""

    def __init__(self, app: ASGIApp) -> None:
        self.app: ASGIApp = app.__call__  # type: ignore[operator]  # a bound method takes half the time to call

    @abc.abstractmethod
    def compile(self, endpoint: Endpoint) -> None:
        """Prepare this stage's work for `endpoint`."""

    @abc.abstractmethod
    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Handle a request. A stage that only looks at the request is not a coroutine but returns the awaitable of the
        next stage, because each coroutine costs time."""


def build(terminal: Stage, stages: Iterable[Any], endpoints: Iterable[Endpoint]) -> ASGIApp:
    """`stages`, outermost first, around `terminal`. Each is called with the application that it wraps; those that are a
    `Stage` compile all `endpoints`."""
    applications: list[Any] = [terminal]
    for stage in reversed(list(stages)):
        applications.append(stage(applications[-1]))
    compilers = [each for each in applications if isinstance(each, Stage)]
    for endpoint in endpoints:
        for compiler in compilers:
            compiler.compile(endpoint)
    app: ASGIApp = applications[-1]
    return app


class ErrorStage:
    """Turns the exceptions of inner stages into responses. One that comes after the head of a response goes on: it
    ends the connection."""

    def __init__(self, app: ASGIApp) -> None:
        self.app: ASGIApp = app.__call__  # type: ignore[operator]  # a bound method takes half the time to call

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        def forward(message: Message) -> Awaitable[None]:
            nonlocal started
            started = True
            return send(message)

        try:
            await self.app(scope, receive, forward)
        except Exception as error:
            if started:
                raise
            problem = errors.problem(scope, error)
            response = Response(errors.render(problem), problem.status, problem.headers, CONTENT_TYPE)
            await response(scope, receive, send)
