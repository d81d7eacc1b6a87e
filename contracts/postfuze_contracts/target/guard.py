"""Decides which calls are allowed, by the effects that openapi.yaml declares.

| effect | allowed |
| --- | --- |
| `read` | always |
| `probe` | with access `probe`, for the accounts of `[target] probe` if any are listed; for the run's own accounts |
| `write` | with full access, for configured sessions and accounts that the run connected |
| `write` without a target | with full access |
| not declared | with full access, if all path parameters name what does not exist |

Probes and writes for what does not exist are also allowed: with any access if a statement or an assumption is about
them (`x-effect-missing`), because a deployment that carries them out changes nothing; else with the access that the
effect needs, because a write may create what it does not find.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from postfuze_contracts.model.operations import MISSING_ID, MISSING_SESSION
from postfuze_contracts.model.options import Access, Options
from postfuze_mock.spec import Operation

#: By path parameter, a value that does not exist on any target.
MISSING: Final[Mapping[str, str]] = {"id": MISSING_ID, "sessionToken": MISSING_SESSION}

#: Methods and paths that are no operation, and change nothing on any target.
OUTSIDE: Final = (
    ("GET", "/no-such-path-00000000c0de"),
    ("GET", f"/social-accounts/{MISSING_ID}/no-such-path-00000000c0de"),
    ("POST", "/health"),
    ("PATCH", f"/social-accounts/{MISSING_ID}"),
)


class NotAllowed(Exception):
    """A check tried a call that is not allowed: a fault of the harness. Nothing was sent."""


class Guard:
    """Decides whether a call is allowed. `owns(parameter, value)` says whether the run may change what a path names."""

    def __init__(self, options: Options, owns: Callable[[str, str], bool]) -> None:
        self._options = options
        self._owns = owns

    def require(self, operation: Operation, path: Mapping[str, str]) -> None:
        """Raise NotAllowed unless the call is allowed."""
        if not self.allows(operation, path):
            access = self._options.access.name.lower()
            raise NotAllowed(f"{operation.id} of {', '.join(path.values()) or 'anything'} with access {access}")

    def allows(self, operation: Operation, path: Mapping[str, str]) -> bool:
        """Whether the operation may be sent with these path parameters."""
        effect, access = operation.effect, self._options.access
        if effect.kind == "read":
            return True
        if effect.target is not None and is_missing(effect.target, path[effect.target]):
            return access >= least_access(operation)
        if effect.kind == "probe":
            return self._may_probe(str(effect.target), path)
        if access < Access.FULL:
            return False
        if effect.kind == "write":
            return effect.target is None or self._owns(effect.target, path[effect.target])
        names = operation.path_parameters
        return bool(names) and all(path[name] == MISSING.get(name) for name in names)

    def _may_probe(self, target: str, path: Mapping[str, str]) -> bool:
        options = self._options
        is_listed = options.probe is None or path[target] in options.probe
        return (options.access >= Access.PROBE and is_listed) or self._owns(target, path[target])


def is_missing(parameter: str, value: str) -> bool:
    """Whether this value of a path parameter cannot exist: it is the one in MISSING, or no valid account id. Only dots,
    or an empty text, would make another path."""
    if value == MISSING.get(parameter):
        return True
    is_uuid = len(value) == len(MISSING_ID) and value.count("-") == MISSING_ID.count("-")
    return parameter == "id" and bool(value.strip("./")) and not is_uuid


def aimed_at_nothing(operation: Operation) -> Mapping[str, str] | None:
    """The path parameters with which a call changes nothing that exists, without those that may have any value. None if
    there are no such parameters."""
    effect = operation.effect
    if effect.kind == "undeclared":
        names = operation.path_parameters
    else:
        names = () if effect.target is None else (effect.target,)
    if (effect.kind == "undeclared" and not names) or not MISSING.keys() >= set(names):
        return None
    return {name: MISSING[name] for name in names}


def least_access(operation: Operation) -> Access:
    """The least access with which an operation may be called, at least for what does not exist."""
    effect = operation.effect
    if effect.kind == "read" or effect.missing is not None:
        return Access.PASSIVE
    return Access.PROBE if effect.kind == "probe" else Access.FULL
