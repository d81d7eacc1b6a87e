"""The folder of a generated client: the specification, its programs, and the libraries of its tools."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.clients.table import PROGRAMS, Client
from tests.docs.examples import blocks, write_files
from tests.docs.pages import guide
from tests.support import children
from tests.support.installed import printed
from tests.support.processes import ROOT, environment

_CACHE: Final = ROOT / ".cache" / "clients"
_LIBRARIES: Final = {"node": "node/node_modules", "go": "go/validator"}
_JARS: Final = ("java/*.jar", "python/lib/*/site-packages/openapi_generator_cli/*.jar")  # the generator's has Jackson


class Workspace:
    """The folder of `client`. Without one of its tools, the test is skipped; in CI it fails."""

    def __init__(self, client: Client, folder: Path) -> None:
        self.folder = folder
        paths = (*(printed("client_tools", tool) for tool in client.tools), os.environ["PATH"])
        jars = (str(jar) for pattern in _JARS for jar in _CACHE.glob(pattern))
        self._variables = {
            "PATH": os.pathsep.join(paths),
            "CLASSPATH": os.pathsep.join(("out", *jars)),
            "GOFLAGS": "-mod=mod",
            "GOTOOLCHAIN": "local",
        }
        self._write(client)

    def run(self, line: str, env: Mapping[str, str] | None = None) -> str:
        """What this line of a shell prints; AssertionError if it fails."""
        variables = environment(extra={**self._variables, **(env or {})})
        result = children.run(["sh", "-c", line], cwd=self.folder, env=variables, limit=240)
        output = (result.stdout + result.stderr).decode()
        assert result.returncode == 0, output
        return output

    def programs(self) -> list[str]:
        """The names of the programs, without their suffixes: that of the guide, and that of all operations."""
        return sorted({path.stem for path in self.folder.glob("*") if path.stem.lower() in ("operations", "usernames")})

    def _write(self, client: Client) -> None:
        shutil.copy(ROOT / "openapi.yaml", self.folder)
        shutil.copytree(PROGRAMS / client.programs, self.folder, dirs_exist_ok=True)
        for file in client.files:
            shutil.copy(PROGRAMS / file, self.folder)
        write_files(blocks(section(client.name)), self.folder)
        for library in (_LIBRARIES[tool] for tool in client.tools if tool in _LIBRARIES):
            (self.folder / Path(library).name).symlink_to(_CACHE / library)


def section(name: str) -> str:
    """The section of the guide about the client `name`."""
    text = guide("generating-clients").text
    return re.split(r"^## ", text.partition(f"\n## {name}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
