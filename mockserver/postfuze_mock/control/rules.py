"""What the rules say that refuse requests: statements and assumptions of openapi.yaml, and the mock's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from postfuze_mock import spec
from postfuze_mock.control import spec as control_spec
from postfuze_mock.worlds.world import World


def text_in(world: World) -> Callable[[str], str]:
    """Tells a rule's own words by its id: an assumption's question, and how `world` decides it."""
    decided = world.choices.by_id()
    return lambda rule: _texts().get((rule, decided.get(rule, "")), "") or _texts()[rule, ""]


@cache
def _texts() -> dict[tuple[str, str], str]:
    """By id, and by the alternative of an assumption that was taken."""
    document = spec.load()
    texts = {(each.id, ""): each.statement for each in spec.statements()}
    texts |= {(rule["id"], ""): rule["rule"] for rule in control_spec.read()["x-rules"]}
    for assumption in document["x-assumptions"]:
        ways = [{"id": "", "description": assumption["description"]}, *assumption["alternatives"]]
        texts |= {(assumption["id"], way["id"]): f"{assumption['question']} {way['description']}" for way in ways}
    return texts
