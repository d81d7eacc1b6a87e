"""A request and its response, as checks judge, reports show and `replay` repeats them."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

KEY_VARIABLE = "$POSTFUZE_KEY"


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
    """A response. `headers` have lower-case names; `sent_at` and `received_at` are unix seconds of this machine."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    sent_at: float
    received_at: float

    @cached_property
    def json(self) -> Any:
        """The body as JSON, or None if it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True)
class Exchange:
    """A request and its response."""

    request: Request
    response: Response

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

    def member(self, name: str, default: Any = None) -> Any:
        """A member of the response's object; `default` if it is missing, or the response is not an object."""
        return self.json.get(name, default) if isinstance(self.json, dict) else default

    def objects(self, name: str) -> list[dict[str, Any]]:
        """The objects in a list that is a member of the response."""
        members = self.member(name)
        return [each for each in members if isinstance(each, dict)] if isinstance(members, list) else []


def describe(exchange: Exchange) -> str:
    """The status of a response, with its detail."""
    detail = exchange.member("detail")
    return f"{exchange.status}" + (f" ({detail})" if isinstance(detail, str) else "")


def _in_double_quotes(text: str) -> str:
    """`text` in double quotes for a shell, which then expands only the variables of keys."""
    quoted = re.sub(r'[\\"`]|\$(?!POSTFUZE_KEY)', lambda match: f"\\{match[0]}", text)
    return f'"{quoted}"'
