"""Attempts: shell commands that make a mock show an item, from the steps of `items.yaml`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from postfuze_mock import spec
from postfuze_mock.settings import CONTROL_PATH

#: A call as `METHOD PATH [BODY]`, or a mapping with more about it.
Step = str | Mapping[str, Any]

KEY: Final = "sk_live_demo"
_ARGUMENTS: Final = {
    f"{{{parameter['name']}}}": str(parameter["example"])
    for operation in spec.operations().values()
    for parameter in map(spec.resolved, operation.definition.get("parameters", ()))
    if parameter["in"] == "path"
}
#: Where calls without a key begin.
_UNKEYED: Final = tuple(
    operation.path.partition("{")[0]
    for operation in spec.operations().values()
    if operation.definition.get("security") == []
)


def line(steps: Iterable[Step]) -> str:
    """One line for a shell with curl 7.82 or newer. It needs `POSTFUZE_URL`, the URL of the API, and
    `POSTFUZE_ORIGIN`, that of the mock."""
    return "; ".join(_command(step if isinstance(step, Mapping) else {"call": step}) for step in steps)


def example(operation: spec.Operation) -> str:
    """A call of `operation` as the specification has it for an example."""
    body = operation.definition.get("requestBody", {})
    call = f"{operation.method} {operation.path}"
    if not body.get("required"):
        return call
    return f"{call} {json.dumps(spec.resolved(body['content']['application/json']['schema'])['example'])}"


def _command(step: Mapping[str, Any]) -> str:
    if "shell" in step:
        return _with_arguments(step["shell"])
    method, _, rest = _with_arguments(step["call"]).partition(" ")
    path, _, body = rest.partition(" ")
    words = ["curl -s", *_headers(path, step), *_method(method, body), f'"{_url(path)}"']
    command = " ".join(words)
    if "take" not in step:
        return command
    member = step["take"]
    return f'{member}=$({command} | sed \'s/.*"{member}":"\\([^"]*\\)".*/\\1/\')'


def _headers(path: str, step: Mapping[str, Any]) -> list[str]:
    key = step.get("key", None if path.startswith((CONTROL_PATH, "$", *_UNKEYED)) else KEY)
    headers = [f"Authorization: Bearer {key}"] if key is not None else []
    return [f'-H "{header}"' for header in [*headers, *([step["header"]] if "header" in step else [])]]


def _method(method: str, body: str) -> list[str]:
    content = [f"--json '{body}'"] if body else []
    return content if method == ("POST" if body else "GET") else [f"-X {method}", *content]


def _url(path: str) -> str:
    if path.startswith("$"):
        return path
    return f"$POSTFUZE_ORIGIN{path}" if path.startswith(CONTROL_PATH) else f"$POSTFUZE_URL{path}"


def _with_arguments(text: str) -> str:
    return re.sub(r"\{\w+\}", lambda match: _ARGUMENTS[match[0]], text)
