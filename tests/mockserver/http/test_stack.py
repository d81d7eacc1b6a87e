"""The stack: how stages are put together, and what they are given of a specification."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from starlette.exceptions import HTTPException

from postfuze_mock.http import connexion_compiler, errors
from postfuze_mock.http.endpoints import Api, Endpoint, endpoints
from postfuze_mock.http.stack import ErrorStage, Stage, build
from postfuze_mock.problems import Problem
from postfuze_mock.spec import SpecificationError

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "One operation", "version": "1"},
    "security": [{"bearer": []}],
    "paths": {
        "/things/{id}": {
            "get": {
                "operationId": "getThing",
                "parameters": [{"$ref": "#/components/parameters/Id"}],
                "responses": {"200": {"description": "A thing."}},
            }
        }
    },
    "components": {
        "parameters": {"Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}},
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
    },
}


def handler() -> None:
    """Responds to the operation."""


class Terminal(Stage):
    """The end of a stack: raises, or responds with 204."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.endpoints: list[Endpoint] = []

    def compile(self, endpoint: Endpoint) -> None:
        self.endpoints.append(endpoint)

    async def __call__(self, _scope: Any, _receive: Any, send: Any) -> None:
        if self.error is not None:
            raise self.error
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})


def test_endpoint_has_all_that_a_stage_asks_for() -> None:
    (endpoint,) = endpoints([Api("/api", DOCUMENT, {"get_thing": handler})])

    assert (endpoint.id, endpoint.method, endpoint.base_path, endpoint.path) == (
        "getThing",
        "GET",
        "/api",
        "/things/{id}",
    )
    assert endpoint.handler is handler
    assert endpoint.security == [{"bearer": []}]
    assert endpoint.parameters("path") == [DOCUMENT["components"]["parameters"]["Id"]]


def test_endpoints_from_the_cache_equal_those_that_were_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api("/api", DOCUMENT, {"get_thing": handler})
    compiled = endpoints([api])
    monkeypatch.delattr(connexion_compiler, "compiled")

    assert endpoints([api]) == compiled


def test_operation_without_a_handler_is_refused() -> None:
    with pytest.raises(SpecificationError, match=r"openapi.yaml is invalid: there is no handler .* getThing"):
        endpoints([Api("/api", DOCUMENT, {})])


def test_first_stage_is_outermost_and_all_compile_the_endpoints() -> None:
    class Recording(Terminal):
        def __init__(self, app: Any, *, name: str = "inner") -> None:
            super().__init__()
            self.wrapped, self.name = app, name

    terminal = Terminal()
    (endpoint,) = endpoints([Api("/api", DOCUMENT, {"get_thing": handler})])
    outermost: Any = build(terminal, [partial(Recording, name="outer"), Recording], [endpoint])

    assert (outermost.name, outermost.wrapped.name, outermost.wrapped.wrapped) == ("outer", "inner", terminal)
    assert outermost.endpoints == outermost.wrapped.endpoints == terminal.endpoints == [endpoint]


async def call(app: Any) -> list[dict[str, Any]]:
    """The messages that `app` sends for a GET."""
    messages: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    await app({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}, receive, send)
    return messages


@pytest.mark.parametrize(
    ("error", "status"),
    [(Problem(404, None, rule="get.unknown"), 404), (HTTPException(405), 405), (ZeroDivisionError("a bug"), 500)],
    ids=repr,
)
def test_error_stage_answers_with_a_problem_document(
    error: Exception, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errors.logger, "disabled", True)  # the log of a shared server must not show a bug
    start, body = asyncio.run(call(build(Terminal(error), [ErrorStage], [])))

    headers = dict(start["headers"])
    assert (start["status"], headers[b"content-type"]) == (status, b"application/problem+json")
    assert int(headers[b"content-length"]) == len(body["body"])


def test_error_stage_sends_the_headers_of_a_problem() -> None:
    problem = Problem(429, None, rule="limits.reads", headers={"Retry-After": "7"})
    start, _ = asyncio.run(call(build(Terminal(problem), [ErrorStage], [])))

    assert dict(start["headers"])[b"retry-after"] == b"7"
