"""The folder of the site: written completely or not at all, and never in place of what somebody else wrote."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from tests.mockserver.cli.conftest import Command
from tests.mockserver.cli.site.conftest import Site

MARKER = ".postfuze-mock-site.json"


def contents(folder: Path) -> dict[str, bytes | None]:
    """Everything below `folder`; a link is None."""
    paths = sorted(folder.rglob("*"))
    return {
        path.relative_to(folder).as_posix(): None if path.is_symlink() else path.read_bytes()
        for path in paths
        if path.is_symlink() or path.is_file()
    }


def test_two_sites_are_equal_byte_for_byte(command: Command, site: Site, tmp_path: Path) -> None:
    result = command("site", "deep/public")

    assert (result.code, result.stderr) == (0, "")
    assert f"{len(site.files) - 1} files" in result.stdout.decode()
    assert contents(tmp_path / "deep/public") == contents(site.folder)
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["public"]


def test_an_earlier_site_is_replaced(command: Command, tmp_path: Path) -> None:
    command("site", "public")
    first = contents(tmp_path / "public")
    (tmp_path / "public" / "guides" / "webhooks.html").unlink()

    assert command("site", "public").code == 0
    assert contents(tmp_path / "public") == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["public"]


def test_an_empty_folder_is_filled(command: Command, tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()

    assert command("site", "public").code == 0
    assert (tmp_path / "public" / "index.html").is_file()


def add(folder: Path) -> None:
    (folder / "CNAME").write_text("example.test\n")


def add_deep(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")


def link(folder: Path) -> None:
    (folder / "guides" / "more").symlink_to(folder.parent)


def change(folder: Path) -> None:
    (folder / "index.html").write_text("my own\n")


def replace_by_a_pipe(folder: Path) -> None:
    (folder / "index.html").unlink()
    os.mkfifo(folder / "index.html")


def forget(folder: Path) -> None:
    (folder / MARKER).write_text("{}")


def garble(folder: Path) -> None:
    (folder / MARKER).write_text("[" * 200_000)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (add, "CNAME was not written by this command"),
        (add_deep, "HEAD was not written by this command"),
        (link, "more was not written by this command"),
        (change, "index.html was changed after it was written"),
        (replace_by_a_pipe, "index.html was changed after it was written"),
        (forget, "was not written by this command"),
        (garble, "was not written by this command"),
    ],
)
def test_a_folder_with_anything_else_is_refused_and_stays(
    command: Command, tmp_path: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    folder = tmp_path / "public"
    command("site", "public")
    spoil(folder)
    before = contents(tmp_path)
    result = command("site", "public")

    assert (result.code, result.stdout) == (1, b"")
    (sentence,) = result.stderr.splitlines()
    assert sentence.startswith("postfuze-mock: ")
    assert reason in sentence
    assert contents(tmp_path) == before


@pytest.mark.parametrize("path", ["notes.txt", "notes.txt/public", ".", ".."])
def test_what_is_no_folder_or_holds_the_current_one_is_refused(command: Command, tmp_path: Path, path: str) -> None:
    (tmp_path / "notes.txt").write_text("mine\n")
    result = command("site", path)

    assert (result.code, result.stdout) == (1, b"")
    assert len(result.stderr.splitlines()) == 1
    assert contents(tmp_path) == {"notes.txt": b"mine\n"}


def test_a_site_that_cannot_be_written_leaves_the_earlier_one(command: Command, tmp_path: Path) -> None:
    command("site", "public")
    (tmp_path / f".public.{os.getpid()}.new").write_text("in the way\n")
    before = contents(tmp_path)
    result = command("site", "public")

    assert result.code == 1
    assert "cannot be written" in result.stderr
    assert contents(tmp_path) == before


@pytest.mark.parametrize("failing", [1, 2], ids=["old", "new"])
def test_a_folder_that_cannot_be_renamed_stays_as_it_was(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    """As a folder that something is mounted on."""
    command("site", "public")
    before = contents(tmp_path)
    calls: list[Path] = []
    rename = Path.rename

    def busy(path: Path, target: Path) -> Path:
        calls.append(path)
        if len(calls) == failing:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", busy)
    result = command("site", "public")

    assert result.code == 1
    assert os.strerror(errno.EBUSY) in result.stderr
    assert contents(tmp_path) == before


def test_an_interrupt_between_the_old_and_the_new_folder_leaves_the_old_one(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("site", "public")
    before = contents(tmp_path)
    rename = Path.rename

    def interrupted(path: Path, target: Path) -> Path:
        if path.suffix == ".new":
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with suppress(KeyboardInterrupt):
        command("site", "public")

    assert contents(tmp_path) == before


def test_the_folder_is_needed(command: Command) -> None:
    result = command("site")

    assert result.code == 2
    assert "DIR" in result.stderr
