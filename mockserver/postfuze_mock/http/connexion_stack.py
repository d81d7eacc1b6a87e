"""Everything that uses Connexion: a lean import, the base class of our stages, and the middleware around them.

Connexion documents few of the parts used here, so it is pinned to 3.3.*, and tests check each part we rely on.
"""

from __future__ import annotations

import abc
import importlib
import sys
import textwrap
import warnings
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from inflection import underscore
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from postfuze_mock.http import errors
from postfuze_mock.problems import CONTENT_TYPE, Problem
from postfuze_mock.spec import SpecificationError, pointer

#: Modules that Connexion imports and the mock does not need, and the names that Connexion uses during its import.
_DEFERRED: dict[str, tuple[str, ...]] = {
    "httpx": (),
    "jinja2": (),
    "requests": (),
    "starlette.templating": ("Jinja2Templates",),
    "starlette.testclient": ("TestClient",),
}


class _Deferred(ModuleType):
    """A stand-in for a module, which imports the module when a name is looked up."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or sys.modules.get(self.__name__) is self:
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def _lean_import() -> Iterator[None]:
    """Imports Connexion without HTTP clients, template engine and test client, which take a third of the mock's
    start-up time and a quarter of its memory. Also hides the deprecation warnings of that import."""
    stand_ins = {name: _Deferred(name) for name in _DEFERRED if name not in sys.modules}
    for name, stand_in in stand_ins.items():
        vars(stand_in).update(dict.fromkeys(_DEFERRED[name], object))
    sys.modules.update(stand_ins)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for name in stand_ins:
            del sys.modules[name]


with _lean_import():
    from connexion import ConnexionMiddleware
    from connexion.exceptions import InvalidSpecification
    from connexion.json_schema import RefResolutionError
    from connexion.lifecycle import ConnexionRequest, ConnexionResponse
    from connexion.middleware.abstract import RoutedAPI, SpecMiddleware
    from connexion.middleware.exceptions import ExceptionMiddleware
    from connexion.operations import OpenAPIOperation
    from connexion.resolver import Resolver
    from connexion.spec import Specification

Handler = Callable[..., Any]
MAX_REASON = 300  # characters

#: The stage that turns the exceptions of inner stages into responses.
ErrorStage = ExceptionMiddleware


@dataclass(frozen=True)
class Api:
    """A specification to serve below `path`, and its handlers by operationId in snake case."""

    path: str
    document: dict[str, Any]
    handlers: Mapping[str, Handler]


@dataclass(frozen=True)
class Endpoint:
    """An operation and the handler that Connexion resolved for it. `document` is its operation object with references
    resolved; `path` is the template below `base_path`; `security` is the default of the specification, unless the
    operation has its own."""

    id: str
    method: str
    base_path: str
    path: str
    handler: Handler
    security: list[dict[str, list[str]]]
    document: dict[str, Any]

    def parameters(self, location: str) -> list[dict[str, Any]]:
        """The parameter objects of one location: `path` or `query`."""
        return [each for each in self.document.get("parameters", ()) if each["in"] == location]


class _Endpoints(RoutedAPI[OpenAPIOperation]):
    """The endpoints of a specification."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_paths()

    def make_operation(self, operation: OpenAPIOperation) -> Endpoint:
        return Endpoint(
            id=operation.operation_id,
            method=operation.method.upper(),
            base_path=self.base_path,
            path=operation.path,
            handler=operation.function,
            security=operation.security,
            document=self.specification.get_operation(operation.path, operation.method),
        )


class MissingHandler(LookupError):
    """An operation has no handler. Connexion would respond with 501 to an AttributeError, ImportError or ValueError."""


class Stage(SpecMiddleware, abc.ABC):
    """A middleware that prepares its work for each endpoint when the application starts."""

    def __init__(self, app: ASGIApp) -> None:
        self.app: ASGIApp = app.__call__  # type: ignore[operator]  # a bound method takes half the time to call

    def add_api(self, specification: Specification, **options: Any) -> None:
        for endpoint in _Endpoints(specification, next_app=self, **options).operations.values():
            self.compile(endpoint)

    @abc.abstractmethod
    def compile(self, endpoint: Endpoint) -> None:
        """Prepare this stage's work for `endpoint`."""

    @abc.abstractmethod
    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Handle a request. A stage that only looks at the request is not a coroutine but returns the awaitable of the
        next stage, because each coroutine costs time."""


def build(terminal: Stage, stages: Iterable[Any], apis: Iterable[Api]) -> ASGIApp:
    """The application of `apis`: Connexion's middleware with our `stages`, outermost first, around `terminal`. Raises
    SpecificationError for an invalid specification and for an operation without a handler."""
    stack = ConnexionMiddleware(terminal, middlewares=list(stages))
    for error_type in (Problem, HTTPException, Exception):
        stack.add_error_handler(error_type, _handle_error)
    try:
        for api in apis:
            stack.add_api(api.document, base_path=api.path, resolver=Resolver(_resolver(api.handlers)))
        app, _ = stack._build_middleware_stack()  # Connexion would do this at the first request
    except (InvalidSpecification, RefResolutionError, MissingHandler) as error:
        raise SpecificationError(f"openapi.yaml is invalid: {_reason(error)}") from error
    result: ASGIApp = app
    return result


def _reason(error: Exception) -> str:
    """What is wrong, and where if Connexion knows it. Its message may contain the whole document, so it is cut."""
    where = pointer(error.absolute_path) if isinstance(error, InvalidSpecification) else ""
    return textwrap.shorten(f"{where} {error.args[0]}", MAX_REASON, placeholder=" …")


async def _handle_error(request: ConnexionRequest, error: Exception) -> ConnexionResponse:
    problem = errors.problem(request.scope, error)
    return ConnexionResponse(
        status_code=problem.status,
        content_type=CONTENT_TYPE,
        body=errors.render(problem),
        headers=dict(problem.headers),
    )


def _resolver(handlers: Mapping[str, Handler]) -> Callable[[str], Handler]:
    def resolve(operation_id: str) -> Handler:
        if underscore(operation_id) not in handlers:
            raise MissingHandler(f"there is no handler for the operation {operation_id}")
        return handlers[underscore(operation_id)]

    return resolve
