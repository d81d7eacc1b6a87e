"""Writes the async client from the client, so that each call is described once.

A method becomes a coroutine if it sends something: if it calls `exchange`, or another method that became one.
`scripts/async-client` writes the modules; a test compares them.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
CLIENT: Final = ROOT / "mockserver/postfuze_mock/client"
#: The modules that are written, and those that they are written from.
SOURCES: Final = {
    "async_calls.py": "calls.py",
    "async_events_api.py": "events_api.py",
    "async_control_api.py": "control_api.py",
    "async_inbox.py": "inbox.py",
    "async_mock.py": "mock.py",
}
#: Other names in the async client.
NAMES: Final = {
    "Calls": "AsyncCalls",
    "EventsAPI": "AsyncEventsAPI",
    "ControlAPI": "AsyncControlAPI",
    "Connections": "AsyncConnections",
    "Inbox": "AsyncInbox",
    "Mock": "AsyncMockClient",
    "__enter__": "__aenter__",
    "__exit__": "__aexit__",
    "http_session": "async_http_session",
    "Client": "AsyncClient",
}
#: Modules that have an async twin.
MODULES: Final = {
    "postfuze_mock.client.connections": {"Connections": "postfuze_mock.client.async_connections"},
    "postfuze_mock.client.calls": {"Calls": "postfuze_mock.client.async_calls"},
    "postfuze_mock.client.events_api": {"EventsAPI": "postfuze_mock.client.async_events_api"},
    "postfuze_mock.client.control_api": {"ControlAPI": "postfuze_mock.client.async_control_api"},
    "postfuze_mock.client.inbox": {"Inbox": "postfuze_mock.client.async_inbox"},
}
SENDING: Final = frozenset({"exchange", "_exchange", "__enter__", "__exit__"})


def written(source: str) -> str:
    """The async module for the text of the module `source` of the client."""
    text = (CLIENT / source).read_text(encoding="utf-8")
    tree = ast.parse(text)
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    constants = [each for each in (_constant(node) for node in tree.body) if each]
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.FunctionDef) and node.name in functions) and _constant(node) not in constants
    ]
    tree = Awaiting(sending()).visit(Renaming().visit(tree))
    shared = sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & {*functions, *constants})
    if shared:
        module = f"postfuze_mock.client.{source.removesuffix('.py')}"
        place = max(at for at, node in enumerate(tree.body) if isinstance(node, ast.ImportFrom))
        tree.body.insert(place + 1, ast.ImportFrom(module, [ast.alias(name) for name in shared], 0))
    body = formatted(ast.unparse(ast.fix_missing_locations(tree)))
    return f"# Written from {source} by scripts/async-client; change that one.\n\n{body}"


@cache
def sending() -> frozenset[str]:
    """The names of the methods that send something."""
    names = set(SENDING)
    trees = [ast.parse((CLIENT / source).read_text(encoding="utf-8")) for source in SOURCES.values()]
    methods = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    while True:
        more = {method.name for method in methods if names & set(_calls(method))} - names
        if not more:
            return frozenset(names)
        names |= more


def _calls(method: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(method):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr


def _constant(node: ast.stmt) -> str | None:
    return node.target.id if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else None


class Renaming(ast.NodeTransformer):
    """Gives classes, and what is imported for them, their other names."""

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(NAMES.get(node.id, node.id), node.ctx)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = NAMES.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        node.attr = NAMES.get(node.attr, node.attr)
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        if isinstance(node.value, str):
            node.value = node.value.replace("Mock(", "AsyncMockClient(")
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> list[ast.ImportFrom]:
        twins = MODULES.get(node.module or "", {})
        kept = [each for each in node.names if each.name not in twins]
        moved = [
            ast.ImportFrom(twins[each.name], [ast.alias(NAMES[each.name])], 0)
            for each in node.names
            if each.name in twins
        ]
        names = [ast.alias(NAMES.get(each.name, each.name), each.asname) for each in kept]
        return [*([ast.ImportFrom(node.module, names, 0)] if names else []), *moved]


class Awaiting(ast.NodeTransformer):
    """Makes coroutines of the methods `names`, and awaits them where they are called."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        if node.name not in self.names:
            return node
        fields = {field: getattr(node, field) for field in node._fields}
        return ast.AsyncFunctionDef(**fields | {"name": NAMES.get(node.name, node.name)})

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        is_sending = isinstance(node.func, ast.Attribute) and node.func.attr in self.names
        return ast.Await(node) if is_sending else node


def formatted(text: str) -> str:
    """`text` in the project's style."""
    for options in (["check", "--select", "I,F401,UP034", "--fix"], ["format"]):
        stdin = ["--quiet", "--stdin-filename", str(CLIENT / "async_mock.py"), "-"]
        command = [sys.executable, "-m", "ruff", *options, *stdin]
        text = subprocess.run(command, input=text, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return text


def main(folder: Path = CLIENT) -> None:
    """Write all modules."""
    for name, source in SOURCES.items():
        (folder / name).write_text(written(source), encoding="utf-8")


if __name__ == "__main__":
    main()
