"""Runs of pytest as a user has them: a folder with tests, the plugin of the installed package, and flags."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Final

from tests.support import children
from tests.support.processes import environment

#: The plugins that come with the mock's own dependencies take a second to import; the others would write files.
OPTIONS: Final = ("-p", "no:schemathesis", "-p", "no:faker", "-p", "no:cacheprovider", "-p", "no:hypothesispytest")
COMMAND: Final = (sys.executable, "-m", "pytest", *OPTIONS)


class Suite:
    """A folder with the tests `text` and the `settings` of its pytest.ini."""

    def __init__(self, folder: Path, text: str, settings: str = "") -> None:
        self.folder = folder
        self.write("test_suite.py", text)
        self.write("pytest.ini", f"[pytest]\naddopts = -rA\n{dedent(settings)}")

    def write(self, name: str, text: str) -> None:
        """Write a file into the folder."""
        (self.folder / name).write_text(dedent(text), encoding="utf-8")

    def lines(self, name: str) -> list[str]:
        """The lines that the tests wrote into a file."""
        return (self.folder / name).read_text(encoding="utf-8").splitlines()

    def run(self, *flags: str, env: Mapping[str, str] | None = None) -> Outcome:
        """Run pytest in the folder."""
        return Outcome(children.run([*COMMAND, *flags], cwd=self.folder, env=self.environment(env), limit=120))

    def start(self, *flags: str) -> subprocess.Popen[bytes]:
        """Start pytest in the folder; the caller must end it (`children.end`)."""
        return children.start(
            [*COMMAND, *flags],
            cwd=self.folder,
            env=self.environment(None),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @staticmethod
    def environment(env: Mapping[str, str] | None) -> dict[str, str]:
        variables = environment(extra=env)
        return {name: value for name, value in variables.items() if not name.startswith("PYTEST_")}


class Outcome:
    """What a run of pytest printed, and how many tests it counts as `passed`, `failed` …"""

    def __init__(self, process: subprocess.CompletedProcess[bytes]) -> None:
        self.code = process.returncode
        self.text = process.stdout.decode() + process.stderr.decode()
        summary = self.text.strip().splitlines()[-1]
        self.counts = {
            name: int(count) for count, name in re.findall(r"(\d+) (passed|failed|errors?|skipped)", summary)
        }

    def reports(self) -> dict[str, list[str]]:
        """The lines of the plugin's sections, by test."""
        lines: dict[str, list[str]] = {}
        title = re.compile(r"-+ Postfuze \w+ of world (\S+)-[0-9a-f]{12} -+")
        current: list[str] | None = None
        for line in self.text.splitlines():
            if match := title.fullmatch(line):
                current = lines.setdefault(match[1].replace("-", "_"), [])
            elif re.match(r"[-=_]{3,} ", line):
                current = None
            elif current is not None:
                current.append(line)
        return lines
