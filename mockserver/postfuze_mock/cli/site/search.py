"""What the search of the guides finds: their headings, and what has a name in the reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from postfuze_mock import spec
from postfuze_mock.cli.site.markdown import Rendered
from postfuze_mock.control import spec as control_spec

#: The kind, the title, what is said of it, and where it is.
Entry = dict[str, str]


def entries(guides: Mapping[str, Rendered], references: Mapping[str, str]) -> list[Entry]:
    """The entries; `guides` by their addresses, `references` as of `references()`. Places are below the site's root."""
    return [*_headings(guides), *_references(references)]


def _headings(guides: Mapping[str, Rendered]) -> Iterator[Entry]:
    for address, guide in guides.items():
        for heading in guide.headings:
            first = heading is guide.headings[0]
            place = address if first else f"{address}#{heading.id}"
            yield _entry("Guides", heading.text, "" if first else guide.title, place)


def _references(places: Mapping[str, str]) -> Iterator[Entry]:
    for kind, document in (("Operations", spec.load()), ("Control API", control_spec.read())):
        for operation in spec.operations(document).values():
            text = f"{operation.id} {operation.method} {operation.path}"
            yield _entry(kind, operation.definition["summary"], text, places[operation.id])
    for statement in spec.statements():
        yield _entry("Statements", statement.id, statement.statement, places[statement.id])
    for assumption in spec.assumptions():
        yield _entry("Assumptions", assumption.id, assumption.question, places[assumption.id])
    for event in spec.load()["x-webhooks"]:
        yield _entry("Webhooks", event, "", places[event])


def _entry(kind: str, title: str, text: str, place: str) -> Entry:
    return {"kind": kind, "title": title, "text": text.replace("`", ""), "href": place}
