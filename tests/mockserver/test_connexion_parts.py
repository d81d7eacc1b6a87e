"""The parts of Connexion that `http/connexion_stack.py` uses, so that an upgrade that breaks one fails here."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pkgutil import resolve_name
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from tests.support.processes import environment

from postfuze_mock.problems import Problem

import_module("postfuze_mock.http.connexion_stack")  # a plain import of Connexion warns of deprecations

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Two operations", "version": "1"},
    "security": [{"bearer": []}],
    "paths": {
        "/things/{id}": {
            "get": {
                "operationId": "getThing",
                "parameters": [{"$ref": "#/components/parameters/Id"}],
                "responses": {"200": {"$ref": "#/components/responses/Thing"}},
            },
            "delete": {"operationId": "deleteThing", "security": [], "responses": {"204": {"description": "Gone."}}},
        }
    },
    "components": {
        "parameters": {"Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}},
        "responses": {"Thing": {"description": "A thing."}},
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
    },
}

# What we call, with which parameters, and why.
CALLABLES = [
    ("connexion:ConnexionMiddleware", ("app", "middlewares"), "puts our stages around our terminal application"),
    ("connexion:ConnexionMiddleware.add_api", ("specification", "base_path", "resolver"), "takes a specification"),
    ("connexion:ConnexionMiddleware.add_error_handler", ("code_or_exception", "function"), "takes our rendering"),
    ("connexion:ConnexionMiddleware._build_middleware_stack", (), "compiles at start, not at the first request"),
    ("connexion.lifecycle:ConnexionRequest", (), "is what an error handler is given"),
    (
        "connexion.lifecycle:ConnexionResponse",
        ("status_code", "content_type", "body", "headers"),
        "is what an error handler returns",
    ),
    ("connexion.middleware.abstract:RoutedAPI", ("specification", "next_app"), "walks the operations"),
    ("connexion.middleware.abstract:RoutedAPI.add_paths", (), "is where that walk begins"),
    ("connexion.middleware.abstract:RoutedAPI.make_operation", ("operation",), "is where a stage compiles its work"),
    ("connexion.middleware.abstract:SpecMiddleware.add_api", ("specification",), "hands a stage the specification"),
    ("connexion.middleware.exceptions:ExceptionMiddleware", ("next_app",), "catches what the stages raise"),
    ("connexion.resolver:Resolver", ("function_resolver",), "finds a handler by its operationId"),
    ("connexion.spec:Specification.get_operation", ("path", "method"), "gives the operation object"),
]


@pytest.mark.parametrize(("name", "parameters", "why"), CALLABLES, ids=[name for name, _, _ in CALLABLES])
def test_callable_exists_with_its_parameters(name: str, parameters: tuple[str, ...], why: str) -> None:
    assert set(parameters) <= inspect.signature(resolve_name(name)).parameters.keys(), why


def handler() -> None:
    """Responds to an operation."""


def operations(resolve: Callable[[str], Any] = lambda _: handler) -> tuple[Any, list[Any]]:
    """A RoutedAPI over DOCUMENT, and the operations that its `make_operation` received."""
    routed_operations: list[Any] = []

    def make_operation(_api: Any, operation: Any) -> Any:
        routed_operations.append(operation)
        return operation.operation_id

    routed = resolve_name("connexion.middleware.abstract:RoutedAPI")
    kind = type("Recording", (routed,), {"make_operation": make_operation})
    api = kind(
        resolve_name("connexion.spec:Specification").load(DOCUMENT),
        base_path="/api",
        next_app=None,
        resolver=resolve_name("connexion.resolver:Resolver")(resolve),
    )
    assert routed_operations == [], "our subclass starts the walk itself"
    api.add_paths()
    return api, routed_operations


def test_each_operation_is_created_once_and_stored_by_id() -> None:
    api, routed_operations = operations()

    assert api.operations == {"getThing": "getThing", "deleteThing": "deleteThing"}
    assert len(routed_operations) == 2
    assert api.base_path == "/api"


def test_operation_has_its_id_method_path_and_handler() -> None:
    _, (get, delete) = operations()

    assert isinstance(get, resolve_name("connexion.operations:OpenAPIOperation"))
    assert (get.operation_id, get.method, get.path, get.function) == ("getThing", "get", "/things/{id}", handler)
    assert (delete.operation_id, delete.method) == ("deleteThing", "delete")


def test_operation_has_the_default_security_unless_overridden() -> None:
    _, (get, delete) = operations()

    assert get.security == [{"bearer": []}]
    assert delete.security == []


def test_specification_resolves_references_of_operations() -> None:
    api, _ = operations()
    operation = api.specification.get_operation("/things/{id}", "get")

    assert operation["parameters"] == [DOCUMENT["components"]["parameters"]["Id"]]
    assert operation["responses"]["200"] == {"description": "A thing."}


def test_lookup_error_of_the_resolver_stops_the_start() -> None:
    def fail(operation_id: str) -> Any:
        raise LookupError(operation_id)

    with pytest.raises(LookupError, match="getThing"):
        operations(fail)


class Terminal:
    """The end of a stack: records its specifications, and raises or responds."""

    def __init__(self, error: Exception | None = None) -> None:
        self.added: list[tuple[Any, dict[str, Any]]] = []
        self.error = error

    def add_api(self, specification: Any, **options: Any) -> None:
        self.added.append((specification, options))

    async def __call__(self, _scope: Any, _receive: Any, send: Any) -> None:
        if self.error is not None:
            raise self.error
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})


resolve_name("connexion.middleware.abstract:SpecMiddleware").register(Terminal)


def stack(terminal: Terminal, *stages: Any) -> Any:
    """Connexion around `terminal`, with DOCUMENT."""
    middleware = resolve_name("connexion:ConnexionMiddleware")(terminal, middlewares=list(stages))
    middleware.add_api(
        DOCUMENT, base_path="/api", resolver=resolve_name("connexion.resolver:Resolver")(lambda _: handler)
    )
    return middleware


def test_terminal_application_gets_the_specification_like_a_stage() -> None:
    terminal = Terminal()
    stack(terminal)._build_middleware_stack()

    ((specification, options),) = terminal.added
    assert isinstance(specification, resolve_name("connexion.spec:Specification"))
    assert options["base_path"] == "/api"
    assert options["resolver"].resolve_function_from_operation_id("getThing") is handler


def test_stages_are_classes_or_partials_and_the_first_is_outermost() -> None:
    class Stage:
        def __init__(self, app: Any, *, name: str = "inner") -> None:
            self.app, self.name = app, name

    terminal = Terminal()
    outermost, every = stack(terminal, partial(Stage, name="outer"), Stage)._build_middleware_stack()

    assert list(every) == [outermost, outermost.app, terminal]
    assert (outermost.name, outermost.app.name) == ("outer", "inner")


async def call(app: Any) -> list[dict[str, Any]]:
    """The messages that `app` sends for a GET."""
    messages: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    await app(scope, receive, send)
    return messages


@pytest.mark.parametrize("error", [Problem(404, None), HTTPException(405), ZeroDivisionError("a bug")], ids=repr)
def test_error_handler_gets_the_exception_and_its_response_is_sent(error: Exception) -> None:
    arguments: list[Any] = []

    async def render(request: Any, exception: Exception) -> Any:
        arguments.extend((request, exception))
        return resolve_name("connexion.lifecycle:ConnexionResponse")(
            status_code=418, content_type="application/problem+json", body=b"{}", headers={"Retry-After": "1"}
        )

    middleware = stack(Terminal(error), resolve_name("connexion.middleware.exceptions:ExceptionMiddleware"))
    for kind in (Problem, HTTPException, Exception):
        middleware.add_error_handler(kind, render)
    start, body = asyncio.run(call(middleware._build_middleware_stack()[0]))

    assert isinstance(arguments[0], resolve_name("connexion.lifecycle:ConnexionRequest"))
    assert arguments[1] is error
    headers = dict(start["headers"])
    assert (start["status"], body["body"]) == (418, b"{}")
    assert (headers[b"content-type"], headers[b"retry-after"]) == (b"application/problem+json", b"1")


def test_connexion_can_be_imported_without_its_clients_and_templates() -> None:
    program = """
import sys
import postfuze_mock.http.connexion_stack
late = {"httpx", "jinja2", "requests", "starlette.testclient"}
assert not late & set(sys.modules), late & set(sys.modules)
import connexion
assert connexion.AsyncApp
"""
    process = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], env=environment(), capture_output=True, text=True, check=False
    )

    assert process.returncode == 0, process.stderr
