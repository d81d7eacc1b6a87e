"""A request and its response, as checks judge, reports show and `replay` repeats them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, Final
from urllib.parse import urlencode

from postfuze_contracts.model import documents

_SMALL: Final = 8 * 1024  # bytes of a body; no report shows more
_MAX_EVIDENCE: Final = 256 * 1024  # bytes of a body; a page of a hundred accounts has about 60,000
KEY_VARIABLE = "$POSTFUZE_KEY"
_JSON = re.compile(r"application/(?:[\w.-]+\+)?json")
_MAX_DETAIL = 500  # characters of a detail that a sentence quotes


def variable_of(key: str) -> str:
    """The variable for a key in a command: `$POSTFUZE_KEY`, `$POSTFUZE_KEY_READ_ONLY` …"""
    return KEY_VARIABLE if key == "full" else f"{KEY_VARIABLE}_{key.upper()}"


@dataclass(frozen=True)
class Request:
    """A request. `path` is relative to the target's URL, with its parameters filled in. `key` is the name of the key:
    `full`, `read_only` …, `literal` for a header that a check made up, `derived` for one that resembles a key, or None.
    `authorization` is such a header, with variables (`$POSTFUZE_KEY`) in place of keys; of a derived key it is only the
    description."""

    operation: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    key: str | None = None
    authorization: str | None = None

    @property
    def target(self) -> str:
        """Path and query."""
        return self.path + (f"?{urlencode(self.query, errors='surrogateescape')}" if self.query else "")

    def curl(self, url: str) -> str:
        """A curl command that sends the request again, with variables in place of keys."""
        parts = ["curl", "-i"] + (["-X", self.method] if self.method != "GET" else [])
        parts.append(shlex.quote(url + self.target))
        if self.authorization is not None:
            parts.append(f"-H {_in_double_quotes(f'Authorization: {self.authorization}')}")
        elif self.key not in (None, "literal"):
            parts.append(f'-H "Authorization: Bearer {variable_of(str(self.key))}"')
        parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in self.headers.items()]
        if self.body is not None:
            parts.append(f"--data-binary {shlex.quote(self.body.decode('utf-8', 'replace'))}")
        return " ".join(parts)


@dataclass(frozen=True)
class Response:
    """A response. `headers` have lower-case names; `sent_at` and `received_at` are unix seconds of this machine. `flaw`
    says why the body could not be read whole, in words that continue `the response …`. `left_out` are the bytes of the
    body that evidence does without."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    sent_at: float
    received_at: float
    flaw: str | None = None
    left_out: int = 0

    @property
    def json(self) -> Any:
        """The body as JSON, or None if it is not JSON."""
        return self._document[0]

    @property
    def is_json(self) -> bool:
        """Whether the body can be read as JSON."""
        return self._document[1] is None

    @property
    def defect(self) -> str | None:
        """Why the body cannot be read, although it should be JSON by its media type; None if it can."""
        return self._document[1] if self.flaw is not None or _JSON.fullmatch(self.media_type) else None

    @property
    def _document(self) -> tuple[Any, str | None]:
        """The document, and why there is none. Large ones are read again when they are needed again, because a document
        takes many times the memory of its body."""
        if self.flaw is not None:
            return None, self.flaw
        return self._small_document if len(self.body) <= _MAX_EVIDENCE else _large_document(self.body)

    @cached_property
    def _small_document(self) -> tuple[Any, str | None]:
        return _parsed(self.body)

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def _parsed(body: bytes) -> tuple[Any, str | None]:
    try:
        return documents.parse(body), None
    except ValueError as error:
        return None, f"is no readable JSON: {error}"


#: Checks look several times at the last response or two.
_large_document: Final = lru_cache(maxsize=2)(_parsed)


@dataclass(frozen=True)
class Exchange:
    """A request and its response."""

    request: Request
    response: Response

    @cached_property
    def evidence(self) -> Exchange:
        """The exchange as a run keeps it until its end: of a large body only the start, and no parsed document."""
        size = len(self.response.body)
        if size <= _SMALL:
            return self
        return replace(self, response=replace(self.response)) if size <= _MAX_EVIDENCE else self.cut

    @cached_property
    def cut(self) -> Exchange:
        """The exchange with the start of its body only."""
        body = self.response.body
        rest = self.response.left_out + len(body[_SMALL:])
        return replace(self, response=replace(self.response, body=body[:_SMALL], left_out=rest))

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def json(self) -> Any:
        """The body of the response as JSON, or None."""
        return self.response.json

    @property
    def operation(self) -> str:
        return self.request.operation

    @property
    def object(self) -> dict[str, Any]:
        """The object that the response is; empty if it is something else."""
        return self.json if isinstance(self.json, dict) else {}

    def member(self, name: str, default: Any = None) -> Any:
        """A member of the response's object; `default` if it is missing, or the response is not an object."""
        return self.object.get(name, default)

    def objects(self, name: str) -> list[dict[str, Any]]:
        """The objects in a list that is a member of the response."""
        members = self.member(name)
        return [each for each in members if isinstance(each, dict)] if isinstance(members, list) else []


def describe(exchange: Exchange) -> str:
    """The status of a response, with its detail, or with what is wrong with it."""
    detail, defect = exchange.member("detail"), exchange.response.defect
    text = detail if isinstance(detail, str) else "" if defect is None else f"the response {defect}"
    return f"{exchange.status}" + (f" ({text[:_MAX_DETAIL]})" if text else "")


def _in_double_quotes(text: str) -> str:
    """`text` in double quotes for a shell, which then expands only the variables of keys."""
    quoted = re.sub(r'[\\"`]|\$(?!POSTFUZE_KEY)', lambda match: f"\\{match[0]}", text)
    return f'"{quoted}"'
