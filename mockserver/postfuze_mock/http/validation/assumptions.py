"""Finds the rule that a violation breaks, and whether a world's assumptions tolerate it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, NamedTuple

from postfuze_fixtures.schema_errors import Violation
from postfuze_mock.domain.choices import Choices
from postfuze_mock.problems import Problem
from postfuze_mock.worlds.accounts.accounts import missing as missing_account

Location = Literal["path", "query", "body"]
ANY: Final = "*"


class Clause(NamedTuple):
    """The statement or assumption that refuses a violation. With `alternatives`, `rule` is an assumption, and a world
    that decides it in one of these ways does not refuse the violation: it ignores a query parameter, uses the nearest
    value or the default, and responds to a path with 404."""

    rule: str
    alternatives: tuple[str, ...] = ()

    def tolerated(self, choices: Choices) -> str | None:
        """The choice by which a world does not refuse the violation, or None if it does."""
        choice = choices.by_id()[self.rule] if self.alternatives else None
        return choice if choice in self.alternatives else None


#: By location, name and keyword. A violation that is not listed breaks only `errors.validation`.
CLAUSES: Final[Mapping[tuple[Location, str, str], Clause]] = {
    ("query", ANY, "unknown"): Clause("parameters.unknown", ("ignored",)),
    ("query", ANY, "repeated"): Clause("parameters.repeated", ("last-wins",)),
    ("query", "limit", "minimum"): Clause("limit.below-range", ("clamped", "default")),
    ("query", "limit", "maximum"): Clause("limit.above-range", ("clamped", "default")),
    ("query", "id", "format"): Clause("ids.malformed-filter", ("empty-page",)),
    ("query", "platform", "enum"): Clause("platform.unknown-filter", ("empty-page",)),
    ("path", "id", "format"): Clause("ids.malformed-path", ("404",)),
    ("path", "platform", "enum"): Clause("auth-url.unknown-platform", ("404",)),
    ("body", "selectedPageIds", "minItems"): Clause("connect.at-least-one"),
    ("body", "selectedPageIds", "required"): Clause("connect.at-least-one"),
}
_DEFAULT: Final = Clause("errors.validation")


def clause(location: Location, violation: Violation) -> Clause:
    """The clause that `violation` breaks."""
    name, keyword = str(violation.path[0]) if violation.path else "", violation.keyword
    return CLAUSES.get((location, name, keyword)) or CLAUSES.get((location, ANY, keyword), _DEFAULT)


def refused(violations: Iterable[Violation], values: dict[str, Any], choices: Choices) -> list[Violation]:
    """The violations of the query that are refused. A value that is clamped is replaced in `values` by its limit; one
    that the default replaces is removed."""
    refusals = []
    for violation in violations:
        choice = clause("query", violation).tolerated(choices)
        if choice is None:
            refusals.append(violation)
        elif choice == "default":
            del values[str(violation.path[0])]
        elif violation.limit is not None:
            values[str(violation.path[0])] = violation.limit
    return refusals


def tolerated(body: Any, choices: Choices) -> Any:
    """The body, in which a single page id is a list of one, and numbers are strings, if that is the choice
    `finalize.wrong-type`."""
    if choices.finalize_wrong_type == "refused" or not isinstance(body, dict) or "selectedPageIds" not in body:
        return body
    ids = body["selectedPageIds"]
    texts = [str(id) if type(id) is int else id for id in (ids if isinstance(ids, list) else [ids])]
    return {**body, "selectedPageIds": texts}


def missing(violations: Iterable[Violation], choices: Choices) -> Problem | None:
    """The 404 problem for `violations` of the path, if the choices are that such a path names nothing."""
    for violation in violations:
        breach = clause("path", violation)
        if breach.tolerated(choices) is not None:
            if violation.path[0] == "id":
                return missing_account(rule=breach.rule)
            return Problem(404, "No such platform.", rule=breach.rule, code="not_found")
    return None
