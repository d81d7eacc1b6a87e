"""Why a call was refused, as people read it."""

from __future__ import annotations

from collections.abc import Iterator

from postfuze_mock.client.fields import Json


def reasons(entry: Json) -> Iterator[str]:
    """What an entry of the journal says about its response, a line each: the problem's detail, the rule and its text,
    the fault, the notes."""
    if entry["problem"] is not None and entry["problem"].get("detail"):
        yield str(entry["problem"]["detail"])
    if entry["reason"] is not None:
        yield "{rule}: {detail}".format(**entry["reason"])
    if entry["fault"] is not None:
        yield f"A scripted fault of this world ({entry['fault']})."
    yield from entry["notes"]
