"""Which runs there are: one for each alternative that the mock can play."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from postfuze_fixtures import world_file
from postfuze_fixtures.suggestions import did_you_mean
from postfuze_mock import spec
from postfuze_mock.domain import choices
from postfuze_mock.settings import Settings, SettingsError
from postfuze_mock.worlds import assumptions_file

OWN: Final = "own-choices"
NOT_PLAYED: Final = "the mock cannot play it"
IN_WORLD_FILE: Final = "the world file decides it"


@dataclass(frozen=True)
class Run:
    """The command under `assume`, which has an alternative by assumption; `name` is that of its folder."""

    name: str
    assume: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True)
class Plan:
    """The run under the mock's own choices, those under alternatives, and the alternatives that are left out, with the
    reason."""

    own: Run
    alternatives: Sequence[Run]
    left_out: Mapping[str, str]


def make(ids: Sequence[str], settings: Settings) -> Plan:
    """The runs for the assumptions `ids` (none: all); what `settings` decide counts as the mock's own choice.

    Raises SettingsError for an unknown id, ValueError or OSError for an invalid file."""
    known = [each.id for each in spec.assumptions()]
    for id in ids:
        if id not in known:
            raise SettingsError(f"--each-assumption: there is no assumption {id}{did_you_mean(id, known)}")
    selected = ids or known
    own = _own(settings)
    runs, left_out = [], {}
    for id, alternative, reason in _alternatives(selected, own, _in_world_file(settings)):
        name = f"{id}={alternative}"
        if reason is None:
            runs.append(Run(name, {**own, id: alternative}))
        else:
            left_out[name] = reason
    return Plan(Run(OWN, own), runs, left_out)


def _own(settings: Settings) -> dict[str, str]:
    file = {} if settings.assume_file is None else assumptions_file.read(settings.assume_file)
    return {**file, **settings.assume}


def _in_world_file(settings: Settings) -> set[str]:
    """The assumptions that the world file decides, which wins over flags."""
    if settings.world is None:
        return set()
    file = world_file.load(settings.world)
    return {id for name in ("", *file.worlds) for id in file.for_world(name).assume}


def _alternatives(
    ids: Sequence[str], own: Mapping[str, str], decided: set[str]
) -> Iterator[tuple[str, str, str | None]]:
    """Assumption, alternative, and why it is left out (None: it is not)."""
    assumptions = {each.id: each for each in spec.assumptions()}
    for id in ids:
        for alternative in assumptions[id].choices:
            if alternative == own.get(id, assumptions[id].choice):
                continue
            if not choices.is_played(id, alternative) and alternative in assumptions[id].alternatives:
                yield id, alternative, NOT_PLAYED
            else:
                yield id, alternative, IN_WORLD_FILE if id in decided else None
