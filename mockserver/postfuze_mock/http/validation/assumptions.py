"""How validation bends to a world's assumptions: what one choice refuses, another tolerates."""

from __future__ import annotations

from typing import Any

from postfuze_fixtures.schema_errors import Violation
from postfuze_mock.domain.choices import Choices
from postfuze_mock.problems import Problem
from postfuze_mock.worlds.accounts import missing as missing_account

# A filter that no account can match may as well give an empty page.
_TOLERATED = {"id": ("ids_malformed_filter", "empty-page"), "platform": ("platform_unknown_filter", "empty-page")}
# A malformed part of the path may as well name nothing.
_MISSING = {"id": "ids_malformed_path", "platform": "auth_url_unknown_platform"}
# What else says that a value may not be: by its place, its name and the offended keyword.
RULES = {
    ("query", "limit", "minimum"): "limit.out-of-range",
    ("query", "limit", "maximum"): "limit.out-of-range",
    ("query", "id", "format"): "ids.malformed-filter",
    ("query", "platform", "enum"): "platform.unknown-filter",
    ("path", "id", "format"): "ids.malformed-path",
    ("path", "platform", "enum"): "auth-url.unknown-platform",
    ("body", "selectedPageIds", "minItems"): "connect.at-least-one",
    ("body", "selectedPageIds", "required"): "connect.at-least-one",
}


def rule(place: str, issue: Violation) -> str:
    """The rule that `issue` breaks, which was found in this place: `query`, `path` or `body`."""
    name = str(issue.path[0]) if issue.path else ""
    return RULES.get((place, name, issue.keyword), "errors.validation")


def settle_query(issues: list[Violation], values: dict[str, Any], choices: Choices) -> list[Violation]:
    """The issues that stay refused; `values` is mended where a choice clamps."""
    return [issue for issue in issues if not _tolerated(issue, values, choices)]


def _tolerated(issue: Violation, values: dict[str, Any], choices: Choices) -> bool:
    name = str(issue.path[0])
    if name == "limit" and choices.limit_out_of_range == "clamped" and issue.keyword in ("minimum", "maximum"):
        values[name] = issue.limit
        return True
    assumption, choice = _TOLERATED.get(name, ("", ""))
    return bool(assumption) and getattr(choices, assumption) == choice


def missing(issues: list[Violation], choices: Choices) -> Problem | None:
    """The 404 that `issues` of the path amount to, where the choice is that they name nothing."""
    for issue in issues:
        assumption = _MISSING.get(str(issue.path[0]))
        if assumption and getattr(choices, assumption) == "404":
            if issue.path[0] == "id":
                return missing_account(rule="ids.malformed-path")
            return Problem(404, "No such platform.", rule="auth-url.unknown-platform", code="not_found")
    return None
