"""A pipe, a folder, a socket, a device or a huge file is refused in one sentence, whichever setting names it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.mockserver.cli.conftest import Command
from tests.support.odd_files import ODD_FILES

READERS = {
    "world": ("serve", "--world", "odd"),
    "checked world": ("world", "check", "odd"),
    "assumptions": ("serve", "--assume-file", "odd"),
    "state": ("serve", "--state-file", "odd"),
    "settings": ("serve",),
}


#: A state file that is a link to a device would be locked beside the device.
CASES = [
    pytest.param(arguments, make, reason, id=f"{setting}-{kind}")
    for setting, arguments in READERS.items()
    for kind, (make, reason) in ODD_FILES.items()
    if (setting, kind) != ("state", "device")
]


def code_of(name: str) -> int:
    """Unreadable settings are wrong usage, as invalid ones are."""
    return 2 if name == "pyproject.toml" else 1


@pytest.mark.parametrize(("arguments", "make", "reason"), CASES)
def test_odd_file_is_refused_in_one_sentence(
    arguments: tuple[str, ...], make: Callable[[Path], object], reason: str, command: Command, tmp_path: Path
) -> None:
    name = "odd" if "odd" in arguments else "pyproject.toml"
    make(tmp_path / name)
    result = command(*arguments, env={"POSTFUZE_MOCK_PORT": "0"})

    assert (result.code, result.stdout) == (code_of(name), b"")
    (sentence,) = result.stderr.splitlines()
    assert name in sentence
    assert reason.removeprefix("it ").split(",")[0] in sentence or "is a folder" in sentence


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "9" * 5000])
@pytest.mark.parametrize("arguments", [READERS["assumptions"], READERS["settings"]])
def test_odd_toml_is_refused_in_one_sentence(
    text: str, arguments: tuple[str, ...], command: Command, tmp_path: Path
) -> None:
    name = "odd" if "odd" in arguments else "pyproject.toml"
    (tmp_path / name).write_text(text)
    result = command(*arguments, env={"POSTFUZE_MOCK_PORT": "0"})

    assert result.code == code_of(name)
    (sentence,) = result.stderr.splitlines()
    assert name in sentence
