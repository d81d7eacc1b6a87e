"""Builds what is released, for the machine at hand: wheel, sdist, and the executable as a folder and an archive.

`scripts/dist` calls it with the Python of the build's own environment, in which it installs the wheel.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
BUILD: Final = ROOT / "build" / "executable"
SYSTEMS: Final = {"win32": "windows", "darwin": "macos"}
MACHINES: Final = {"amd64": "x86_64", "aarch64": "arm64"}

#: Puts into the package's data what the executable finds there instead of making it.
FILL_CACHE: Final = """
import shutil
from postfuze_fixtures import cache
cache.IS_EXECUTABLE = True
shutil.rmtree(cache.folder(), ignore_errors=True)  # what an earlier build left
from postfuze_fixtures.pools import names
from postfuze_mock.app import create_app
create_app()
names()
"""


def main() -> int:
    """Build everything into the folder `--output` and list it."""
    parser = argparse.ArgumentParser(prog="dist", description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="default: dist/")
    output: Path = parser.parse_args().output.resolve()
    epoch = _last_commit()
    # The same commit, with the same lock and Python, gives the same bytes.
    os.environ.update(SOURCE_DATE_EPOCH=str(epoch), PYTHONHASHSEED="0", PIP_DISABLE_PIP_VERSION_CHECK="1")
    output.mkdir(parents=True, exist_ok=True)
    _python("-m", "hatchling", "build", "--directory", output)
    wheel = max(output.glob("postfuze_mock-*.whl"), key=lambda file: file.stat().st_mtime)
    version = wheel.name.split("-")[1]
    folder = output / f"postfuze-mock-{version}-{target()}"
    _executable(wheel, folder)
    archive = _archive(folder, epoch)
    artifacts = [wheel, output / f"postfuze_mock-{version}.tar.gz", archive]
    (output / "SHA256SUMS").write_text("".join(f"{_sha256(file)}  {file.name}\n" for file in artifacts))
    for file in artifacts:
        print(f"{file.stat().st_size / 1e6:6.1f} MB  {file}")
    print(f"{sum(each.stat().st_size for each in _files(folder)) / 1e6:6.1f} MB  {folder}{_glibc(folder)}")
    return 0


def target() -> str:
    """The system and the machine that the executable is for: `linux-x86_64`."""
    machine = platform.machine().lower()
    return f"{SYSTEMS.get(sys.platform, 'linux')}-{MACHINES.get(machine, machine)}"


def _executable(wheel: Path, folder: Path) -> None:
    """Install the wheel, and make the executable of it in `folder`."""
    version = wheel.name.split("-")[1]
    # Named by its version, because pip notes the path of a file that it installs, and the note would be in the archive.
    source = ("--no-index", "--find-links", wheel.parent, f"postfuze-mock=={version}")
    _python("-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall", *source)
    _python("-c", FILL_CACHE)
    shutil.rmtree(BUILD, ignore_errors=True)
    paths = ("--distpath", BUILD / "dist", "--workpath", BUILD / "work")
    _python("-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "ERROR", *paths, HERE / "postfuze-mock.spec")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.move(BUILD / "dist" / "postfuze-mock", folder)
    shutil.copy(ROOT / "LICENSE", folder)


def _archive(folder: Path, epoch: int) -> Path:
    """Pack `folder`, in an order and with times and modes that do not depend on this build."""
    if sys.platform == "win32":
        archive = folder.with_name(f"{folder.name}.zip")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for file in _files(folder):
                packed.write(file, file.relative_to(folder.parent))
        return archive

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        entry.mtime = epoch
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    archive = folder.with_name(f"{folder.name}.tar.gz")
    with (
        archive.open("wb") as file,
        gzip.GzipFile("", "wb", 9, file, mtime=epoch) as zipped,
        tarfile.open(mode="w", fileobj=zipped) as packed,
    ):
        for each in _files(folder):
            packed.add(each, str(each.relative_to(folder.parent)), filter=plain)
    return archive


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file())


def _glibc(folder: Path) -> str:
    """The version of glibc that the executable needs; nothing on other systems."""
    if not sys.platform.startswith("linux"):
        return ""
    names = {name for file in _files(folder) for name in re.findall(rb"\0GLIBC_(\d+)\.(\d+)", file.read_bytes())}
    major, minor = max((int(major), int(minor)) for major, minor in names)
    return f", needs glibc {major}.{minor} or newer"


def _last_commit() -> int:
    """The time of the last commit in unix seconds; of an sdist, the start of 2020."""
    result = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(result.stdout) if result.returncode == 0 else 1_577_836_800


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _python(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
