"""Everything that uses Connexion: it loads a specification, checks it, resolves its references and its operations.

Connexion documents few of the parts used here, so it is pinned to 3.3.*, and tests check each part we rely on.
"""

from __future__ import annotations

import importlib
import sys
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from inflection import underscore

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
    """Imports Connexion without HTTP clients, template engine and test client, which take a third of its import time
    and a quarter of the mock's memory. Also hides the deprecation warnings of that import."""
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
    from connexion.exceptions import InvalidSpecification
    from connexion.json_schema import RefResolutionError
    from connexion.middleware.abstract import RoutedAPI
    from connexion.operations import OpenAPIOperation
    from connexion.resolver import Resolver
    from connexion.spec import Specification

MAX_REASON = 300  # characters


class _Operations(RoutedAPI[OpenAPIOperation]):
    """The operations of a specification. What Connexion calls the function of an operation is a handler's name here."""

    def make_operation(self, operation: OpenAPIOperation) -> dict[str, Any]:
        return {
            "id": operation.operation_id,
            "method": operation.method.upper(),
            "path": operation.path,
            "handler": operation.function,
            "security": operation.security,
            "document": self.specification.get_operation(operation.path, operation.method),
        }


def compiled(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The operations of `document`, with references resolved: the members of `Endpoint`, except `base_path`, and with
    the name of the handler. Raises SpecificationError for an invalid specification."""
    try:
        operations = _Operations(Specification.load(document), next_app=None, resolver=Resolver(underscore))
        operations.add_paths()
    except (InvalidSpecification, RefResolutionError) as error:
        raise SpecificationError(f"openapi.yaml is invalid: {_reason(error)}") from error
    return list(operations.operations.values())


def _reason(error: Exception) -> str:
    """What is wrong, and where if Connexion knows it. Its message may contain the whole document, so it is cut."""
    where = pointer(error.absolute_path) if isinstance(error, InvalidSpecification) else ""
    return textwrap.shorten(f"{where} {error.args[0]}", MAX_REASON, placeholder=" …")
