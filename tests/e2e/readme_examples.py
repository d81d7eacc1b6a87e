"""The README as a program: its fenced blocks, the commands among them, and whether an answer is what it shows.

- `sh` holds commands; a `json` or `text` block right behind one is its output, and without one it prints nothing.
- A block whose fence names a file (`yaml acme.yaml`) is that file.
- In `json`, a `…` alone stands for members or entries that are left out, at least one; a text that ends with `…` goes
  on. Everything else is compared, the order of members too.
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

from tests.support.patience import PATIENCE
from tests.support.processes import environment

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
    """All fenced blocks, in their order."""
    return [
        Block(markdown.count("\n", 0, match.start("text")) + 1, match["language"], match["file"], match["text"])
        for match in _FENCE.finditer(markdown)
    ]


def examples(markdown: str) -> list[Example]:
    """All commands, in their order. ValueError for an output that belongs to none."""
    found = [*blocks(markdown), Block(0, "", "", "")]
    if found[0].language in OUTPUTS:
        raise ValueError(f"The block at line {found[0].line} shows the output of nothing.")
    result: list[Example] = []
    for block, following in pairwise(found):
        output = following if following.language in OUTPUTS else None
        if output and (block.language != "sh" or not _adjoin(markdown, block, output)):
            raise ValueError(f"The block at line {output.line} shows the output of nothing.")
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


def shown(text: str) -> Any:
    """What a `json` block shows, its cuts as members and entries named `…`. ValueError where it is no such JSON."""
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
    """An object that may be cut in several places: a dict would keep one of them."""
    return {f"{CUT}{at}" if name == CUT else name: value for at, (name, value) in enumerate(pairs)}


def is_shown(text: str, given: str) -> bool:
    """Whether a `text` block shows `given`."""
    lines = (".*(?:\n.*)*?" if line.strip() == CUT else _line(line) for line in text.rstrip("\n").split("\n"))
    return re.fullmatch("\n".join(lines), given.strip("\n")) is not None


def _line(shown: str) -> str:
    return ".+".join(re.escape(part) for part in shown.split(CUT))


def difference(shown: Any, given: Any, place: str = "") -> str | None:
    """Where `given` is not what `shown` shows, in words; None where it is."""
    if isinstance(shown, dict) and isinstance(given, dict):
        return _difference_of_objects(shown, given, place)
    if isinstance(shown, list) and isinstance(given, list):
        return _difference_of_lists(shown, given, place)
    if isinstance(shown, str) and shown.endswith(CUT) and isinstance(given, str):
        start = shown.removesuffix(CUT)
        return None if given.startswith(start) and given != start else f"{place}: {given!r} does not go on {start!r}"
    equal = type(shown) is type(given) and shown == given
    return None if equal else f"{place or 'the answer'} is {given!r}, shown is {shown!r}"


def _difference_of_objects(shown: dict[str, Any], given: dict[str, Any], place: str) -> str | None:
    names = [CUT if name.startswith(CUT) else name for name in shown]
    if not _fits(names, list(given)):
        return f"{place or 'the answer'} has the members {list(given)}, shown are {names}"
    differences = (difference(shown[name], given[name], f"{place}/{name}") for name in shown if name in given)
    return next((found for found in differences if found), None)


def _fits(names: list[str], given: list[str]) -> bool:
    """Whether `given` is `names`, with one or more others at each cut."""
    pattern = "".join("(?:\0[^\0]+)+?" if name == CUT else re.escape(f"\0{name}") for name in names)
    return re.fullmatch(pattern, "".join(f"\0{name}" for name in given)) is not None


def _difference_of_lists(shown: list[Any], given: list[Any], place: str) -> str | None:
    cut = shown[-1:] == [CUT]
    wanted = shown[:-1] if cut else shown
    if len(given) <= len(wanted) if cut else len(given) != len(wanted):
        return f"{place or 'the answer'} has {len(given)} entries, shown are {len(wanted)}{' and more' * cut}"
    pairs = enumerate(zip(wanted, given, strict=False))
    return next((found for at, (a, b) in pairs if (found := difference(a, b, f"{place}/{at}"))), None)


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
    """The environment of a shell that knows nothing of this machine's proxies and of the user's settings."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    for name, runs in _PROGRAMS.items():
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {runs}"$@"\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    kept = {
        name: value for name, value in environment().items() if not re.search("proxy|^PYTEST_", name, re.IGNORECASE)
    }
    return {**kept, "PATH": f"{programs}{os.pathsep}{kept['PATH']}", "HOME": str(folder)}


def spell_out(blocks: Iterable[Block], folder: Path) -> None:
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
