"""Which state files are refused: in one sentence, leaving the file unchanged."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from postfuze_mock import spec
from postfuze_mock.app import make_worlds
from postfuze_mock.control import spec as control_spec
from postfuze_mock.control.state_file_check import state_file_check
from postfuze_mock.settings import Settings
from postfuze_mock.worlds.persistence import state_file
from postfuze_mock.worlds.persistence.autosave import Autosave
from postfuze_mock.worlds.persistence.file_lock import StateFileError
from postfuze_mock.worlds.registry import Worlds

CLOCK: Final = "2026-06-14T12:10:00Z,frozen"
CHECK: Final = state_file_check(control_spec.load(spec.load()))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


Change = Callable[[dict[str, Any]], object]
BROKEN: Final[dict[str, tuple[Change, str]]] = {
    "another version": (lambda file: file.update(version=2), r"of version 2; this postfuze-mock reads version 1"),
    "state of another version": (lambda file: state(file).update(version=2), r"/worlds/acme/state/version must be .*1"),
    "no version": (lambda file: file.pop("version"), r"not a state file"),
    "name that no world has": (
        lambda file: file["worlds"].update({"a b": file["worlds"]["acme"]}),
        r"/worlds/a b must be the name of a world",
    ),
    "seed out of range": (lambda file: origin(file).update(seed=10**18), r"/worlds/acme/origin/seed must be at most"),
    "unknown member": (lambda file: file.update(extra=1), r"extra"),
    "world without a state": (lambda file: file["worlds"]["acme"].pop("state"), r"/worlds/acme/state is required"),
    "account without an id": (
        lambda file: state(file)["accounts"][0]["account"].pop("id"),
        r"/worlds/acme/state/accounts/0/account/id is required",
    ),
    "twin accounts": (
        lambda file: state(file)["accounts"].append(state(file)["accounts"][0]),
        r"world acme: .*appears twice",
    ),
    "clock of no time": (lambda file: origin(file).update(clock="noon"), r"world acme: 'noon' is not a clock setting"),
    "beginning at no time": (lambda file: origin(file).update(begun="9999-12-31T00:00:00Z"), r"world acme: .*begun"),
    "invalid world": (lambda file: origin(file).update(world={"generat": 1}), r"world acme: .*generate"),
    "unknown assumption": (lambda file: origin(file).update(assume={"a.b": "c"}), r"world acme: .*a\.b"),
    "clock ahead of all times": (lambda file: file["worlds"]["acme"].update(ahead=10**15), r"world acme: A clock"),
}


def state(file: dict[str, Any]) -> dict[str, Any]:
    state: dict[str, Any] = file["worlds"]["acme"]["state"]
    return state


def origin(file: dict[str, Any]) -> dict[str, Any]:
    origin: dict[str, Any] = file["worlds"]["acme"]["origin"]
    return origin


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The content of a valid file."""
    world = make_worlds(Settings(clock=CLOCK)).world("acme")
    path = tmp_path_factory.mktemp("good") / "state.json"
    state_file.write(path, [state_file.copy(world)])
    return path.read_bytes()


def test_valid_file_is_accepted(good: bytes, file: Path) -> None:
    file.write_bytes(good)

    assert [world.name for world in restored(file)] == ["acme"]


@pytest.mark.parametrize(("change", "says"), BROKEN.values(), ids=BROKEN)
def test_unusable_file_is_refused_and_unchanged(change: Change, says: str, good: bytes, file: Path) -> None:
    document = json.loads(good)
    change(document)
    file.write_text(json.dumps(document), encoding="utf-8")
    before = file.read_bytes()

    assert re.search(says, refusal(file))
    assert file.read_bytes() == before


@pytest.mark.parametrize("content", ["", "{", "[]", "3", "null", '{"a": "\udcff"}'])
def test_other_file_is_refused_and_unchanged(content: str, file: Path) -> None:
    file.write_text(content, encoding="utf-8", errors="surrogateescape")
    before = file.read_bytes()

    assert "not a state file" in refusal(file)
    assert file.read_bytes() == before


def restored(file: Path) -> Worlds:
    """The worlds that a server restores from `file`."""
    worlds = make_worlds(Settings())
    Autosave(worlds, file, CHECK).close()
    return worlds


def refusal(file: Path) -> str:
    """The one sentence with which `file` is refused."""
    with pytest.raises(StateFileError) as refused:
        restored(file)
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert str(file) in sentence
    return sentence
