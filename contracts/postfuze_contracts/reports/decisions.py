"""How the target decides what the documentation leaves open: the observations of a run, by assumption."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from postfuze_contracts.model.options import Pin
from postfuze_contracts.model.verdicts import Observation
from postfuze_contracts.reports.text import one_line
from postfuze_mock import spec
from postfuze_mock.spec import Assumption

DECIDED: Final = "How the target decides what is open"
SEVERAL: Final = "Open, and decided in several ways at once"
UNMATCHED: Final = "Open, and decided in no way that openapi.yaml knows"
_MAX_CHARACTERS: Final = 300  # of what was observed


@dataclass(frozen=True)
class Decision:
    """An assumption, and what a run observed of it: usually one choice. `pin` is the pinned choice."""

    assumption: Assumption
    observations: tuple[Observation, ...]
    pin: str | None = None

    @property
    def section(self) -> str:
        """The section of the reports that it belongs to."""
        if any(not self.fits(each) for each in self.observations):
            return UNMATCHED
        return DECIDED if len(self.observations) == 1 else SEVERAL

    def fits(self, observation: Observation) -> bool:
        """Whether the observation is our choice or an alternative."""
        return observation.choice in self.assumption.choices

    @property
    def observed(self) -> str:
        """What was observed, in the order in which it was."""
        return "; and ".join(one_line(each.choice, _MAX_CHARACTERS) for each in self.observations)

    @property
    def differs(self) -> bool:
        """Whether the mock decides otherwise, or the target not always like the mock."""
        return any(each.choice != self.assumption.choice for each in self.observations)

    @property
    def mock(self) -> str:
        """The mock's choice, compared with the target's; all choices if the target's fits none of them."""
        if not self.differs:
            return "the same"
        others = self.assumption.alternatives if self.section == UNMATCHED else ()
        alternatives = f"; the alternatives are {', '.join(others)}" if others else ""
        return f"differs: {self.assumption.choice}{alternatives}"

    @property
    def note(self) -> str:
        """The target's choice, and the mock's."""
        comparison = f"the mock {self.mock}" if self.differs else "as the mock"
        pin = "" if self.pin is None else ", pinned" if self.observed == self.pin else f", pinned: {self.pin}"
        return f"{self.observed} ({comparison}{pin})"


def decisions(observations: Iterable[Observation], pins: Mapping[str, Pin]) -> list[Decision]:
    """The observed decisions, in the order of openapi.yaml's assumptions. None is left out: a check that names an
    assumption wrongly shows as one without alternatives."""
    by_id: dict[str, list[Observation]] = {}
    for each in observations:
        by_id.setdefault(each.assumption, []).append(each)
    known = {assumption.id: assumption for assumption in spec.assumptions()}
    order = [*(id for id in known if id in by_id), *(id for id in by_id if id not in known)]
    return [Decision(known.get(id) or _unknown(id), tuple(by_id[id]), _choice(pins.get(id))) for id in order]


def sections(decisions: Sequence[Decision]) -> list[tuple[str, list[Decision]]]:
    """The decisions by section, without empty sections."""
    groups = ((title, [each for each in decisions if each.section == title]) for title in (DECIDED, SEVERAL, UNMATCHED))
    return [(title, group) for title, group in groups if group]


def _choice(pin: Pin | None) -> str | None:
    return None if pin is None else pin.choice


def _unknown(id: str) -> Assumption:
    return Assumption(id, "", "", (), {}, frozenset(), "")
