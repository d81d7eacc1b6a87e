"""Imports Connexion without what it needs for other uses than serving a specification that is at hand.

Its HTTP clients, template engine and test client take a third of the mock's start and a quarter of its memory. Whoever
looks something up in them still finds it: they are imported then.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from types import ModuleType
from typing import Any

#: Modules that Connexion imports, and the names that it takes out of them while it is imported.
_DEFERRED: dict[str, tuple[str, ...]] = {
    "httpx": (),
    "jinja2": (),
    "requests": (),
    "starlette.templating": ("Jinja2Templates",),
    "starlette.testclient": ("TestClient",),
}


class _Deferred(ModuleType):
    """Stands in for a module of the same name."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or sys.modules.get(self.__name__) is self:
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


def load() -> None:
    """Import Connexion; its imports' deprecations, which are not a user's to mend, go unheard."""
    stand_ins = {name: _Deferred(name) for name in _DEFERRED if name not in sys.modules}
    for name, stand_in in stand_ins.items():
        vars(stand_in).update(dict.fromkeys(_DEFERRED[name], object))
    sys.modules.update(stand_ins)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            importlib.import_module("connexion")
    finally:
        for name in stand_ins:
            del sys.modules[name]
