"""How a file is replaced: whole or not at all, privately, and without touching what somebody else put beside it."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from postfuze_mock.worlds.persistence import atomic_file
from postfuze_mock.worlds.persistence.atomic_file import UnusualFileError
from postfuze_mock.worlds.persistence.file_lock import lock


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


@pytest.fixture
def umask() -> Iterator[Callable[[int], int]]:
    before = os.umask(0)
    os.umask(before)
    yield os.umask
    os.umask(before)


def replace(path: Path, content: bytes = b"new") -> None:
    with atomic_file.replacing(path) as file:
        file.write(content)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize("mask", [0, 0o022, 0o777])
def test_new_file_is_private_whatever_the_umask_is(mask: int, file: Path, umask: Callable[[int], int]) -> None:
    umask(mask)
    replace(file)

    assert mode(file) == 0o600


@pytest.mark.parametrize(("before", "after"), [(0o666, 0o600), (0o644, 0o600), (0o600, 0o600), (0o400, 0o400)])
def test_replaced_file_is_as_private_as_before_or_more(before: int, after: int, file: Path) -> None:
    file.touch()
    file.chmod(before)
    replace(file)

    assert mode(file) == after


def test_fresh_file_is_private_while_it_is_written(file: Path, tmp_path: Path, umask: Callable[[int], int]) -> None:
    umask(0)
    with atomic_file.replacing(file):
        (fresh,) = tmp_path.iterdir()
        assert mode(fresh) == 0o600


def test_planted_link_is_not_followed(file: Path, tmp_path: Path) -> None:
    """A fixed name could be planted; the fresh one cannot be known."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / "state.json.new").symlink_to(victim)
    replace(file)

    assert victim.read_bytes() == b"precious"
    assert file.read_bytes() == b"new"


def test_link_that_takes_the_place_of_the_file_is_replaced(file: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    file.symlink_to(victim)
    replace(file)

    assert victim.read_bytes() == b"precious"
    assert file.read_bytes() == b"new"
    assert not file.is_symlink()


def test_other_name_of_the_file_keeps_the_old_content(file: Path, tmp_path: Path) -> None:
    file.write_bytes(b"old")
    other = tmp_path / "other"
    other.hardlink_to(file)
    replace(file)

    assert (file.read_bytes(), other.read_bytes()) == (b"new", b"old")


def test_failed_block_leaves_the_old_file_alone(file: Path, tmp_path: Path) -> None:
    file.write_bytes(b"old")

    def fail() -> None:
        with atomic_file.replacing(file) as fresh:
            fresh.write(b"half")
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        fail()

    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_only_leftovers_of_this_file_are_removed(file: Path, tmp_path: Path) -> None:
    ours = "state.json.0123456789abcdef.new"
    kept = ["state.json.new", "state.json.0123456789ABCDEF.new", "state.jsonx0123456789abcdef.new", f"other-{ours}"]
    for name in (ours, *kept):
        (tmp_path / name).touch()
    (tmp_path / "state.json.aaaaaaaaaaaaaaaa.new").mkdir()
    atomic_file.remove_leftovers(file)

    assert {each.name for each in tmp_path.iterdir()} == {*kept, "state.json.aaaaaaaaaaaaaaaa.new"}


def test_leftover_is_recognized(file: Path, tmp_path: Path) -> None:
    with atomic_file.replacing(file):
        (fresh,) = tmp_path.iterdir()
        left = fresh.read_bytes()
    fresh.write_bytes(left)
    atomic_file.remove_leftovers(file)

    assert list(tmp_path.iterdir()) == [file]


def folder(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def local_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


def link(path: Path) -> None:
    path.symlink_to("elsewhere")


@pytest.mark.parametrize("make", [folder, pipe, local_socket, link])
def test_what_is_no_regular_file_is_not_opened(make: Callable[[Path], None], file: Path) -> None:
    make(file)

    with pytest.raises(UnusualFileError, match=f"{file} is a .*, not a regular file"):
        atomic_file.open_regular(file)


def test_device_is_not_opened() -> None:
    with pytest.raises(UnusualFileError, match="/dev/null is a device"):
        atomic_file.open_regular(Path("/dev/null"))


def test_lock_is_private(file: Path, tmp_path: Path) -> None:
    lock_file = tmp_path / "state.json.lock"
    lock_file.touch()
    lock_file.chmod(0o666)
    lock(file).close()

    assert mode(lock_file) == 0o600


def test_lock_does_not_follow_a_planted_link(file: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / "state.json.lock").symlink_to(victim)

    with pytest.raises(UnusualFileError, match=r"state\.json\.lock is a link"):
        lock(file)
    assert victim.read_bytes() == b"precious"


def test_lock_changes_no_other_file(file: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    victim.chmod(0o644)
    (tmp_path / "state.json.lock").hardlink_to(victim)
    lock(file).close()

    assert (victim.read_bytes(), mode(victim)) == (b"precious", 0o644)
