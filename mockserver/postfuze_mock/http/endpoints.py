"""The operations of a specification as the stages need them. Connexion compiles them, which takes half of the time of a
start, so they are cached."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from postfuze_fixtures.cache import cached, code
from postfuze_mock.spec import SpecificationError

Handler = Callable[..., Any]

_COMPILER = str(Path(__file__).with_name("connexion_compiler.py"))


@dataclass(frozen=True)
class Api:
    """A specification to serve below `path`, and its handlers by operationId in snake case."""

    path: str
    document: dict[str, Any]
    handlers: Mapping[str, Handler]


@dataclass(frozen=True)
class Endpoint:
    """An operation and its handler. `document` is its operation object with references resolved; `path` is the template
    below `base_path`; `security` is the default of the specification, unless the operation has its own."""

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


def endpoints(apis: Iterable[Api]) -> list[Endpoint]:
    """The endpoints of all `apis`. Raises SpecificationError for an invalid specification and for an operation without
    a handler."""
    return [_endpoint(api, operation) for api in apis for operation in _compiled(api)]


def _endpoint(api: Api, operation: dict[str, Any]) -> Endpoint:
    handler = api.handlers.get(operation["handler"])
    if handler is None:
        raise SpecificationError(f"openapi.yaml is invalid: there is no handler for the operation {operation['id']}")
    return Endpoint(**{**operation, "base_path": api.path, "handler": handler})


def _compiled(api: Api) -> Any:
    """Per operation the members of `Endpoint`, except `base_path`, and with the handler's name."""
    source = code(_COMPILER, "connexion") + orjson.dumps(api.document)
    return cached(f"operations{api.path.replace('/', '-')}", source, lambda: _compile(api.document))


def _compile(document: dict[str, Any]) -> list[dict[str, Any]]:
    from postfuze_mock.http import connexion_compiler  # most starts find the operations in the cache

    return connexion_compiler.compiled(document)
