"""Why a call was refused, as people read it."""

from __future__ import annotations

from collections.abc import Iterator

from postfuze_mock.client.fields import Json


def reasons(entry: Json) -> Iterator[str]:
    """What an entry of the journal says about its response, a line each: why, the rule, the other notes."""
    sentence = entry["why"]["sentence"] if entry["why"] is not None else ""
    if sentence:
        yield sentence
    if entry["reason"] is not None:
        yield "{rule}: {detail}".format(**entry["reason"])
    yield from (note for note in entry["notes"] if note not in sentence)
