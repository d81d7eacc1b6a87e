"""The base of our stages, on the hooks that Connexion gives to its own: `SpecMiddleware` and `RoutedAPI`."""

from __future__ import annotations

import abc
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from connexion.middleware.abstract import RoutedAPI, SpecMiddleware
from connexion.operations import OpenAPIOperation
from connexion.spec import Specification
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True)
class Operation:
    """An operation as Connexion resolved it. `document` is its operation object, references followed; `path` is
    the template below `base_path`; `security` has the default put in."""

    id: str
    method: str
    base_path: str
    path: str
    handler: Callable[..., Any]
    security: list[dict[str, list[str]]]
    document: dict[str, Any]

    def parameters(self, place: str) -> list[dict[str, Any]]:
        """The parameter objects of one place: `path` or `query`."""
        return [each for each in self.document.get("parameters", ()) if each["in"] == place]


class _Operations(RoutedAPI[OpenAPIOperation]):
    """A specification's operations, their handlers found."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_paths()

    def make_operation(self, operation: OpenAPIOperation) -> Operation:
        return Operation(
            id=operation.operation_id,
            method=operation.method.upper(),
            base_path=self.base_path,
            path=operation.path,
            handler=operation.function,
            security=operation.security,
            document=self.specification.get_operation(operation.path, operation.method),
        )


class Stage(SpecMiddleware, abc.ABC):
    """A middleware that prepares its work for each operation when the application starts."""

    def __init__(self, app: ASGIApp) -> None:
        self.app: ASGIApp = app.__call__  # type: ignore[operator]  # a bound method: called in half the time

    def add_api(self, specification: Specification, **options: Any) -> None:
        for operation in _Operations(specification, next_app=self, **options).operations.values():
            self.compile(operation)

    @abc.abstractmethod
    def compile(self, operation: Operation) -> None:
        """Prepare this stage's work for `operation`."""

    @abc.abstractmethod
    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Do it. A stage that only prepares is no coroutine, and returns that of the next: each that is awaited takes
        time of its own."""
