"""The guide's commands print what it says, with the packages of this checkout in place of the registry's."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.docs.examples import matches_text, write_files
from tests.docs.pages import README, guide
from tests.npm.conftest import run, with_node

pytestmark = pytest.mark.packaging


def test_commands_of_the_guide_print_what_it_says(packages: list[Path], tmp_path: Path) -> None:
    page = guide("node")
    write_files(page.files.values(), tmp_path)
    for example in page.examples:
        command = example.command.replace("postfuze-mock", " ".join(map(str, packages))).replace(
            "--save-dev", "--offline"
        )
        output = run(
            "sh", "-c", command if example.program == "npm" else example.command, cwd=tmp_path, env=with_node()
        )

        if example.output is not None:
            assert matches_text(example.output.text, output), output


def test_program_of_the_readme_runs(packages: list[Path], tmp_path: Path) -> None:
    (program,) = (name for name in README.files if name.endswith(".mjs"))
    write_files([README.files[program]], tmp_path)
    run("npm", "install", "--offline", *packages, cwd=tmp_path, env=with_node())

    run("node", program, cwd=tmp_path, env=with_node())
