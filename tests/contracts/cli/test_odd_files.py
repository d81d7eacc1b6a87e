"""A pipe, a folder, a socket, a device or a huge file is refused in one line, whichever setting names it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.contracts.cli.commands import contracts
from tests.support.odd_files import ODD_FILES

RUN = ("run", "--url", "http://127.0.0.1:9")
READERS: dict[str, tuple[tuple[str, ...], str]] = {
    "configuration": (("run", "--config", "odd"), ""),
    "pins": ((*RUN, "--assume-file", "odd"), ""),
    "pins to write": ((*RUN, "--pin", "odd"), ""),
    "certificates": ((*RUN, "--ca-bundle", "odd"), ""),
    "key": (("run",), '[target]\nurl = "http://127.0.0.1:9"\n[keys]\nfull = "file:odd"\n'),
    "report": (("replay", "odd"), ""),
}


@pytest.mark.parametrize(("arguments", "toml"), READERS.values(), ids=READERS)
@pytest.mark.parametrize(("make", "reason"), ODD_FILES.values(), ids=ODD_FILES)
def test_odd_file_is_refused_in_one_line(
    arguments: tuple[str, ...], toml: str, make: Callable[[Path], object], reason: str, tmp_path: Path
) -> None:
    make(tmp_path / "odd")
    if toml:
        (tmp_path / "contracts.toml").write_text(toml)
    result = contracts(*arguments, cwd=tmp_path, env={"POSTFUZE_KEY": "sk_live_a"} if not toml else {})

    assert result.returncode == 2, result.stderr
    (line,) = result.stderr.splitlines()
    assert reason in line or "it is a folder" in line
