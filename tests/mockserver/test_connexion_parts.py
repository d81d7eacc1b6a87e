"""The parts of Connexion that `http/connexion_compiler.py` uses, so that an upgrade that breaks one fails here."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pkgutil import resolve_name
from typing import Any

import pytest
from tests.support.processes import environment

import_module("postfuze_mock.http.connexion_compiler")  # a plain import of Connexion warns of deprecations

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
    ("connexion.middleware.abstract:RoutedAPI", ("specification", "next_app"), "walks the operations"),
    ("connexion.middleware.abstract:RoutedAPI.add_paths", (), "is where that walk begins"),
    ("connexion.middleware.abstract:RoutedAPI.make_operation", ("operation",), "is given each operation"),
    ("connexion.resolver:Resolver", ("function_resolver",), "names the handler of an operationId"),
    ("connexion.spec:Specification.load", ("spec",), "checks a specification and resolves its references"),
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


def test_connexion_can_be_imported_without_its_clients_and_templates() -> None:
    program = """
import sys
import postfuze_mock.http.connexion_compiler
late = {"httpx", "jinja2", "requests", "starlette.testclient"}
assert not late & set(sys.modules), late & set(sys.modules)
import connexion
assert connexion.AsyncApp
"""
    process = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], env=environment(), capture_output=True, text=True, check=False
    )

    assert process.returncode == 0, process.stderr
