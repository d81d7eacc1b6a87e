"""The ids of the specifications, with their addresses in the reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from postfuze_mock import spec
from postfuze_mock.control import spec as control_spec
from postfuze_mock.settings import CONTROL_PATH

_API: Final = "docs/"
_CONTROL: Final = "docs/control/"
_WEBHOOKS: Final = "docs/webhooks/"


def references() -> dict[str, str]:
    """Where on the site each operation, statement, assumption and event is described. An operation has two names: its
    id, and the method and path that the guides show for it."""
    document = spec.load()
    return {
        **dict(_operations(control_spec.read(), CONTROL_PATH, _CONTROL)),
        **dict(_operations(document, "", _API)),
        **{each.id: f"{_API}#statement/{each.id}" for each in spec.statements()},
        **{each.id: f"{_API}#assumption/{each.id}" for each in spec.assumptions()},
        **{event: f"{_WEBHOOKS}#webhook/{event}" for event in document["x-webhooks"]},
    }


def _operations(document: Mapping[str, Any], path: str, page: str) -> Iterator[tuple[str, str]]:
    for operation in spec.operations(document).values():
        target = f"{page}#operation/{operation.id}"
        yield from ((operation.id, target), (f"{operation.method} {path}{operation.path}", target))
