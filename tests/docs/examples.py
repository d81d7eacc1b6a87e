"""A page of the documentation as a program: its fenced blocks, the commands in them, and whether output matches.

- `sh` holds commands. A `json` or `text` block right behind one is its output; without one it prints nothing.
- A block whose fence names a file (`yaml acme.yaml`) is that file.
- In `json`, a `…` alone stands for members or entries that are left out, at least one; a string that ends with `…`
  continues. Everything else is compared, the order of members too.
- In `text`, a `…` alone on its line stands for lines that are left out, at least one, elsewhere for a part of a line.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from tests.support.processes import environment
from tests.support.times import PATIENCE

CUT: Final = "…"
OUTPUTS: Final = frozenset({"json", "text"})
_FENCE: Final = re.compile(r"^```(?P<language>\w*) ?(?P<file>\S*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_PROSE: Final = re.compile(r"\S")
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]|(?P<cut>…)(?P<last>\s*(?=[\]}]))?')
_PROGRAMS: Final = {
    "python": "",
    "postfuze-mock": "-m postfuze_mock ",
    "postfuze-contracts": "-m postfuze_contracts ",
}
_VARIABLE: Final = re.compile(r"[A-Z_]+=")
_CUTS: Final = {"{": f'"{CUT}": null', "[": f'"{CUT}"'}


@dataclass(frozen=True)
class Block:
    """A fenced block; `line` is that of its first line of text, `file` the name that its fence gives."""

    line: int
    language: str
    file: str
    text: str


@dataclass(frozen=True)
class Example:
    """A command, as it is to be pasted into a shell, and what it prints (None: nothing)."""

    line: int
    command: str
    output: Block | None

    @property
    def program(self) -> str:
        """The first word that sets no variable: `curl`."""
        return next(word for word in self.command.split() if not _VARIABLE.match(word))

    def __str__(self) -> str:
        return f"line-{self.line}-{self.program}"


def blocks(markdown: str) -> list[Block]:
    """All fenced blocks, in order."""
    return [
        Block(markdown.count("\n", 0, match.start("text")) + 1, match["language"], match["file"], match["text"])
        for match in _FENCE.finditer(markdown)
    ]


def examples(markdown: str) -> list[Example]:
    """All commands, in order; ValueError for an output without a command."""
    fenced = [*blocks(markdown), Block(0, "", "", "")]
    if fenced[0].language in OUTPUTS:
        raise ValueError(f"The block at line {fenced[0].line} is the output of nothing.")
    result: list[Example] = []
    for block, following in pairwise(fenced):
        output = following if following.language in OUTPUTS else None
        if output and (block.language != "sh" or not _adjoin(markdown, block, output)):
            raise ValueError(f"The block at line {output.line} is the output of nothing.")
        if block.language == "sh":
            result += _examples(block, output)
    return result


def _examples(block: Block, output: Block | None) -> Iterator[Example]:
    """A block's commands: a line begins one unless it is indented. The last one's output is shown."""
    commands = re.split(r"\n(?=\S)", block.text.rstrip("\n"))
    for at, command in enumerate(commands):
        line = block.line + sum(each.count("\n") + 1 for each in commands[:at])
        yield Example(line, command, output if at == len(commands) - 1 else None)


def _adjoin(markdown: str, block: Block, output: Block) -> bool:
    lines = markdown.splitlines()[block.line + block.text.count("\n") : output.line - 2]
    return not any(_PROSE.search(line) for line in lines)


def parse_output(text: str) -> Any:
    """The value of a `json` block, its cuts as members and entries named `…`. ValueError for invalid JSON."""
    enclosing: list[str] = []

    def token(match: re.Match[str]) -> str:
        if match[0] in "[{":
            enclosing.append(match[0])
        elif match[0] in "]}":
            enclosing.pop()
        if match["cut"]:
            return _CUTS[enclosing[-1]] + ("," if match["last"] is None else "")
        return match[0]

    return json.loads(_TOKEN.sub(token, text), object_pairs_hook=_members)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object with several cuts, of which a dict would drop all but one."""
    return {f"{CUT}{at}" if name == CUT else name: value for at, (name, value) in enumerate(pairs)}


def matches_text(text: str, output: str) -> bool:
    """Whether `output` is what a `text` block says."""
    lines = (".*(?:\n.*)*?" if line.strip() == CUT else _line(line) for line in text.rstrip("\n").split("\n"))
    return re.fullmatch("\n".join(lines), output.strip("\n")) is not None


def _line(text: str) -> str:
    return ".+".join(re.escape(part) for part in text.split(CUT))


def difference(expected: Any, actual: Any, pointer: str = "") -> str | None:
    """Where `actual` differs from `expected`, in words; None if it does not."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return _difference_of_objects(expected, actual, pointer)
    if isinstance(expected, list) and isinstance(actual, list):
        return _difference_of_lists(expected, actual, pointer)
    if isinstance(expected, str) and expected.endswith(CUT) and isinstance(actual, str):
        start = expected.removesuffix(CUT)
        continues = actual.startswith(start) and actual != start
        return None if continues else f"{pointer}: {actual!r} does not continue {start!r}"
    equal = type(expected) is type(actual) and expected == actual
    return None if equal else f"{pointer or 'the output'} is {actual!r}, expected {expected!r}"


def _difference_of_objects(expected: dict[str, Any], actual: dict[str, Any], pointer: str) -> str | None:
    names = [CUT if name.startswith(CUT) else name for name in expected]
    if not _fits(names, list(actual)):
        return f"{pointer or 'the output'} has the members {list(actual)}, expected {names}"
    differences = (difference(expected[name], actual[name], f"{pointer}/{name}") for name in expected if name in actual)
    return next((text for text in differences if text), None)


def _fits(names: list[str], actual: list[str]) -> bool:
    """Whether `actual` is `names`, with one or more others at each cut."""
    pattern = "".join("(?:\0[^\0]+)+?" if name == CUT else re.escape(f"\0{name}") for name in names)
    return re.fullmatch(pattern, "".join(f"\0{name}" for name in actual)) is not None


def _difference_of_lists(expected: list[Any], actual: list[Any], pointer: str) -> str | None:
    cut = expected[-1:] == [CUT]
    entries = expected[:-1] if cut else expected
    if len(actual) <= len(entries) if cut else len(actual) != len(entries):
        return f"{pointer or 'the output'} has {len(actual)} entries, expected {len(entries)}{' and more' * cut}"
    pairs = enumerate(zip(entries, actual, strict=False))
    return next((text for at, (a, b) in pairs if (text := difference(a, b, f"{pointer}/{at}"))), None)


def run(
    line: str, folder: Path, env: Mapping[str, str] | None = None, patience: float = PATIENCE
) -> subprocess.CompletedProcess[str]:
    """Run `line` in a shell in `folder`, where the project's commands and `python` are those of this checkout."""
    return subprocess.run(
        ["sh", "-c", line],
        cwd=folder,
        env={**shell(folder), **(env or {})},
        capture_output=True,
        text=True,
        timeout=patience,
        check=False,
    )


def shell(folder: Path) -> Mapping[str, str]:
    """The environment of a shell without this machine's proxies and the user's settings."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    for name, runs in _PROGRAMS.items():
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {runs}"$@"\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    variables = {
        name: value for name, value in environment().items() if not re.search("proxy|^PYTEST_", name, re.IGNORECASE)
    }
    return {**variables, "PATH": f"{programs}{os.pathsep}{variables['PATH']}", "HOME": str(folder)}


def write_files(blocks: Iterable[Block], folder: Path) -> None:
    """Write the files among `blocks` into `folder`."""
    for block in blocks:
        if block.file:
            (folder / block.file).parent.mkdir(exist_ok=True, parents=True)
            (folder / block.file).write_text(block.text, encoding="utf-8")


def flags(command: str, folder: Path) -> set[str]:
    """All flags of a command, as its help has them."""
    return set(re.findall(r"--[a-z-]+", run(f"{command} --help", folder).stdout)) - {"--help"}


def table(markdown: str, head: str) -> list[list[str]]:
    """The rows of the table whose first line begins with `head`, a list of cells each."""
    lines = markdown[markdown.index(f"\n{head}") :].strip().split("\n\n")[0].splitlines()
    return [re.split(r"\s*\|\s*", line)[1:-1] for line in lines[2:]]
