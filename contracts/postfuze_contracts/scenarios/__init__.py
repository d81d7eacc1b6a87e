"""All checks: the scenarios, one module per subject, and those that are generated. Importing this package loads them
into REGISTRY, in the order of their names."""

from importlib import import_module
from pkgutil import iter_modules

from postfuze_contracts.scenario import REGISTRY

__all__ = ["REGISTRY"]

for _package in (import_module(__name__), import_module("postfuze_contracts.generated")):
    for _module in sorted(iter_modules(_package.__path__), key=lambda module: module.name):
        import_module(f"{_package.__name__}.{_module.name}")
