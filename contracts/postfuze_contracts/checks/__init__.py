"""All checks, by subject, and the generated ones. Importing this package registers them in the order of a run."""

from importlib import import_module

from postfuze_contracts.engine.registry import REGISTRY

__all__ = ["MODULES", "REGISTRY"]

#: Every module with checks.
MODULES = (
    "account",
    "auth.keyless_operations",
    "auth.refused_keys",
    "auth.scopes",
    "auth.unknown_keys",
    "auth_url",
    "connect.offers",
    "connect.refusals",
    "connect.selections",
    "delete",
    "errors.bad_requests",
    "errors.media_types",
    "get",
    "health.clocks",
    "health.refreshes",
    "health.probes",
    "health.identity",
    "isolation",
    "limits",
    "list.changes",
    "list.cursors",
    "list.empty_values",
    "list.filters",
    "list.limits",
    "list.order",
    "list.pages",
    "list.parameters",
    "list.pairs",
    "list.settling",
    "list.walk_completeness",
    "metrics.fallback",
    "metrics.windows",
    "metrics.series",
    "metrics.value",
    "metrics.edges",
    "metrics.notations",
    "metrics.identity",
    "service",
    "generated.operations",
    "generated.links",
)

for _module in MODULES:
    import_module(f"{__name__}.{_module}")
