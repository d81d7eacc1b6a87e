"""What may be sent to a target: an allow-list made from the effects that openapi.yaml declares.

| effect | may be sent |
| --- | --- |
| `read` | always |
| `probe` | with access to probe, to the accounts of `[target] probe` if these are named; to the run's own |
| `write` | with full access, to what the run was given or made itself |
| `write` of nothing that exists | with full access |
| not declared | with full access, if no part of the path names anything that exists |

Probes and writes may also be sent to what does not exist: with any access where a statement says that they are refused
(`x-effect-missing`), because a deployment that wrongly carries them out hits nothing; else only with the access that
their kind takes, because a write may create what it does not find.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from postfuze_contracts.model.operations import MISSING_ID, MISSING_SESSION
from postfuze_contracts.model.options import Access, Options
from postfuze_mock.spec import Operation

#: By path parameter, a name that nothing on a target has.
MISSING: Final[Mapping[str, str]] = {"id": MISSING_ID, "sessionToken": MISSING_SESSION}


class NotAllowed(Exception):
    """A check tried what the run's access does not allow: a fault of the harness. Nothing was sent."""


class Guard:
    """Says whether a call is allowed. `owns` says whether the run may change what a path parameter's value names."""

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
    """Whether nothing can have this name: it is the one kept for that, or cannot be an account's id. Dots alone, or no
    text at all, would make another path."""
    if value == MISSING.get(parameter):
        return True
    is_uuid = len(value) == len(MISSING_ID) and value.count("-") == MISSING_ID.count("-")
    return parameter == "id" and bool(value.strip("./")) and not is_uuid


def aimed_at_nothing(operation: Operation) -> Mapping[str, str] | None:
    """The path parameters that a call must have to hit nothing that exists: none for what only reads, or changes
    nothing that exists. None if the operation cannot be aimed like that."""
    effect = operation.effect
    if effect.kind == "undeclared":
        names = operation.path_parameters
    else:
        names = () if effect.target is None else (effect.target,)
    if (effect.kind == "undeclared" and not names) or not MISSING.keys() >= set(names):
        return None
    return {name: MISSING[name] for name in names}


def least_access(operation: Operation) -> Access:
    """The least access with which an operation may be called at all, aimed at nothing if necessary."""
    effect = operation.effect
    if effect.kind == "read" or effect.missing is not None:
        return Access.PASSIVE
    return Access.PROBE if effect.kind == "probe" else Access.FULL
