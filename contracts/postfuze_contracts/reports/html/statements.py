"""The statements on the page: each with its verdict, and a failed one with all that shows the failure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from postfuze_contracts.model import documents
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.options import Options
from postfuze_contracts.model.verdicts import Failure
from postfuze_contracts.reports import results
from postfuze_contracts.reports.html.elements import code, copyable, link, prose, sentence, text
from postfuze_contracts.reports.results import Result
from postfuze_contracts.reports.text import curl, number, one_line

_MAX_CHARACTERS: Final = 4000  # of a text or a body
_MAX_EXCHANGES: Final = 5  # of one failure: the first and the last ones
_BASIS: Final = {
    "document": "The documentation says",
    "around": "The pages around it say",
    "pinned": "Pinned",
}


class Statements:
    """Renders the results of a run with these options."""

    def __init__(self, options: Options) -> None:
        self._options = options

    def statement(self, result: Result) -> str:
        """A statement to fold; open if it failed."""
        id, label = text(result.statement.id), result.label
        return (
            f'<details class="statement item" id="{id}" data-outcome="{label}"{" open" if label == "fail" else ""}>'
            f'<summary><span class="mark {label}">{label}</span><span class="id">{id}</span>'
            f'<span class="note">{text(result.note)}</span></summary>'
            f'<div class="inside">{"".join(self._inside(result))}</div></details>'
        )

    def _inside(self, result: Result) -> Iterator[str]:
        statement = result.statement
        yield f'<p class="sentence">{prose(statement.statement)}</p>'
        if statement.words:
            words = "".join(f"<p>{prose(each)}</p>" for each in statement.words)
            yield f"<figure><figcaption>{_BASIS[statement.basis]}</figcaption>"
            yield f"<blockquote>{words}</blockquote></figure>"
        url = results.reference(self._options, result.kind, statement.id)
        places = [
            code(str(result.position)),
            code(result.position.pointer),
            link("In the reference", url) if url else "",
        ]
        yield f'<p class="place">{" ".join(places)}</p>'
        for need in result.verdict.needs:
            yield f"<p>{text(sentence(need.what))} {text(sentence(need.how))}</p>"
        yield from map(self._failure, result.examples)
        if others := len(result.verdict.failures) - len(result.examples):
            yield f"<p>And {number(others, 'failure')} more like these.</p>"

    def _failure(self, failure: Failure) -> str:
        exchanges = failure.exchanges
        if len(exchanges) > _MAX_EXCHANGES:
            exchanges = (exchanges[0], *exchanges[1 - _MAX_EXCHANGES :])
        omitted = len(failure.exchanges) - len(exchanges)
        items = [self._exchange(each, index == len(exchanges)) for index, each in enumerate(exchanges, 1)]
        terms = {"Expected": failure.expected, "Got": failure.got, "Check": failure.check}
        pairs = "".join(f'<dt>{name}</dt><dd class="{name.lower()}">{prose(_cut(v))}</dd>' for name, v in terms.items())
        if omitted:
            items.insert(1, f"<p>{number(omitted, 'exchange')} omitted; the JSON report has them all.</p>")
        success = "".join(self._exchange(each, decisive=True) for each in failure.again[-1:])
        again = f"<p>When the check ran again, this held:</p>{success}" if success else ""
        return f'<div class="failure"><dl>{pairs}</dl>{"".join(items)}{again}</div>'

    def _exchange(self, exchange: Exchange, decisive: bool) -> str:
        request, response = exchange.request, exchange.response
        title = one_line(f"{request.method} {request.path} → {response.status}")
        command = copyable(text(_cut(curl(request, self._options.url))), "Copy the command")
        sent = "" if request.body is None else _block("Request body", _indented(request.body))
        head = "\n".join([f"HTTP {response.status}", *(f"{name}: {value}" for name, value in response.headers.items())])
        return (
            f'<details class="exchange"{" open" if decisive else ""}><summary>{text(title)}</summary>'
            f"{command}{sent}{_block('Response', f'{head}{_BREAK}{_indented(response.body)}')}</details>"
        )


_BREAK: Final = "\n\n"


def _block(title: str, content: str) -> str:
    """A block with a title. It may scroll, so the keyboard can reach it."""
    name = text(title)
    block = f'<pre class="block" tabindex="0" role="group" aria-label="{name}">{text(content)}</pre>'
    return f'<p class="title">{name}</p>{block}'


def _indented(body: bytes) -> str:
    """A body, indented if it is JSON."""
    try:
        words = json.dumps(documents.parse(body), indent=2, ensure_ascii=False)
    except ValueError:
        words = body.decode("utf-8", "replace")
    return _cut(words)


def _cut(words: str) -> str:
    return words if len(words) <= _MAX_CHARACTERS else f"{words[:_MAX_CHARACTERS]} … ({len(words):,} characters)"
