"""Builds the npm packages: `postfuze-mock`, and the one with the executable for this platform.

scripts/npm_package [--executable FOLDER [--platform NAME]] [--output FOLDER]
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final

from postfuze_mock import __version__

SOURCE: Final = Path(__file__).parent
ROOT: Final = SOURCE.parents[1]
_TSC: Final = ROOT / ".cache" / "npm-tools" / "node_modules" / ".bin" / "tsc"
_SYSTEMS: Final = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}
_PROCESSORS: Final = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def build(output: Path, executable: Path | None, platform: str | None = None) -> list[Path]:
    """Write the packages into the folder `output`; that of a `platform` (default: this one) only with an `executable`,
    the folder that has it. Returns the files."""
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        staged = [_stage_main(Path(folder) / "main")]
        if executable is not None:
            staged.append(_stage_platform(Path(folder) / "platform", executable, platform or this_platform()))
        return [_pack(each, output) for each in staged]


def platforms() -> dict[str, dict[str, list[str]]]:
    """For which platforms there is a package, with npm's conditions for its installation."""
    table: dict[str, dict[str, list[str]]] = json.loads((SOURCE / "platforms.json").read_text(encoding="utf-8"))
    return table


def this_platform() -> str:
    """The platform in Node's words: `linux-x64`."""
    return f"{_SYSTEMS[platform.system()]}-{_PROCESSORS[platform.machine()]}"


def _stage_main(folder: Path) -> Path:
    subprocess.run([_TSC, "--project", SOURCE, "--outDir", folder / "lib"], check=True)
    shutil.copytree(SOURCE / "bin", folder / "bin")
    shutil.copy(SOURCE / "README.md", folder)
    manifest = _manifest()
    del manifest["private"], manifest["devDependencies"]
    manifest["optionalDependencies"] = {_package(name): __version__ for name in platforms()}
    return _complete(folder, manifest)


def _stage_platform(folder: Path, executable: Path, name: str) -> Path:
    """npm packs no symbolic links, so what they point to is copied."""
    shutil.copytree(executable, folder / "bin")
    manifest = {
        "name": _package(name),
        "description": f"The executable of postfuze-mock for {name}; install postfuze-mock.",
        "license": _manifest()["license"],
        "preferUnplugged": True,  # Yarn cannot run it from an archive
        **platforms()[name],
    }
    return _complete(folder, manifest)


def _complete(folder: Path, manifest: dict[str, Any]) -> Path:
    manifest["version"] = __version__
    (folder / "package.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    shutil.copy(ROOT / "LICENSE", folder)
    return folder


def _pack(folder: Path, output: Path) -> Path:
    command: list[str | Path] = ["npm", "pack", "--json", "--ignore-scripts", "--pack-destination", output.resolve()]
    packed = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE)
    name: str = json.loads(packed.stdout)[0]["filename"]
    return output / name


def _manifest() -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((SOURCE / "package.json").read_text(encoding="utf-8"))
    return manifest


def _package(name: str) -> str:
    return f"@postfuze-mock/{name}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Build the npm packages.")
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="where they go (default: dist)")
    parser.add_argument(
        "--executable", type=Path, metavar="FOLDER", help="the folder with postfuze-mock for this platform"
    )
    parser.add_argument("--platform", choices=sorted(platforms()), help="whose executable it is (default: this one's)")
    return parser.parse_args()


if __name__ == "__main__":
    arguments = _arguments()
    for file in build(arguments.output, arguments.executable, arguments.platform):
        print(file)
