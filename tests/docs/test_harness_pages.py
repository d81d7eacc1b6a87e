"""The guides of the harness: their runs print the documented output, their configuration is valid."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from tests.contracts.family.members import BROKEN
from tests.contracts.family.mock import Mock
from tests.docs.examples import Example, flags, matches_text, run, write_files
from tests.docs.pages import MOCK_URL, Page, guide, with_program
from tests.support.processes import ROOT, MockProcess

from postfuze_contracts.cli import exit_codes

BROKEN_URL: Final = "http://127.0.0.1:8081"
BROKEN_VARIANT: Final = "list_walks.greatest_pages_skip"
RUNS: Final = with_program("postfuze-contracts")
CI: Final = {name: yaml.safe_load(block.text) for name, block in guide("ci").files.items()}
KEYS: Final = {
    "POSTFUZE_KEY": "sk_live_demo",
    "POSTFUZE_KEY_READ_ONLY": "sk_live_demo_readonly",
    "POSTFUZE_KEY_OTHER": "sk_live_other",
}
PATIENCE: Final = 120.0  # seconds: a run sends a thousand requests


@pytest.fixture(scope="module")
def hosts(mock: MockProcess) -> Iterator[dict[str, str]]:
    """The documented addresses mapped to the mock and to a deployment that breaks a statement."""
    mock.client("demo").reset(all=True)
    variant = next(variant for variant in BROKEN if variant.name == BROKEN_VARIANT)
    broken = Mock()
    variant.change(broken)
    with broken.served() as deployment:
        yield {MOCK_URL: mock.url, BROKEN_URL: deployment.root}


def localized(text: str, hosts: dict[str, str]) -> str:
    """`text` with the addresses of this test."""
    for documented, url in hosts.items():
        text = text.replace(documented, url)
    return text


@pytest.mark.parametrize(
    ("page", "example"),
    [pytest.param(*pair, marks=pytest.mark.slow if "full" in pair[1].command else []) for pair in RUNS],
    ids=str,
)
def test_run_prints_what_the_page_says(page: Page, example: Example, hosts: dict[str, str], tmp_path: Path) -> None:
    write_files((block for block in page.files.values() if block.line < example.line), tmp_path)
    for file in tmp_path.glob("*.*"):
        file.write_text(localized(file.read_text(encoding="utf-8"), hosts), encoding="utf-8")
    process = run(localized(example.command, hosts), tmp_path, patience=PATIENCE)

    assert example.output
    assert matches_text(localized(example.output.text, hosts), process.stdout), process.stdout + process.stderr
    assert re.sub(r"^postfuze-contracts: quick with access .* takes about .*\n", "", process.stderr) == ""
    assert process.returncode == (exit_codes.BROKEN if "\nFAIL" in example.output.text else exit_codes.KEPT)


def test_configuration_is_valid(tmp_path: Path) -> None:
    write_files([guide("harness").files["contracts.toml"]], tmp_path)
    process = run("postfuze-contracts run --dry-run", tmp_path, KEYS)

    assert (process.returncode, process.stderr) == (exit_codes.KEPT, "")
    assert "https://api.example.com/api/v1" in process.stdout


def test_action_gets_inputs_that_it_has() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    steps: list[dict[str, Any]] = CI[".github/workflows/contract.yml"]["jobs"]["contract"]["steps"]
    step = next(step for step in steps if "/postfuze-mock@" in step["uses"])

    assert action["runs"]["using"] == "composite"
    assert set(step["with"]) <= set(action["inputs"])
    assert list(step["env"]) == ["POSTFUZE_KEY"]


def test_command_of_the_action_has_its_flags(tmp_path: Path) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    script = next(step["run"] for step in action["runs"]["steps"] if step.get("id") == "check")
    names = script[script.index("for name in ") :].partition(";")[0].split()[3:]

    assert names
    assert {f"--{name}" for name in [*names, "report", "strict"]} <= flags("postfuze-contracts run", tmp_path)


def test_gitlab_job_runs(hosts: dict[str, str], tmp_path: Path) -> None:
    """Its command with a few of its statements."""
    job = CI[".gitlab-ci.yml"]["contract"]
    _, command = job["script"]
    url = job["variables"]["POSTFUZE_URL"].replace("https://api.example.com", hosts[MOCK_URL])
    variables = {"POSTFUZE_KEY": "sk_live_demo", "POSTFUZE_URL": url}
    process = run(f"{command} --only service,get.unknown", tmp_path, variables, PATIENCE)

    assert process.returncode == exit_codes.KEPT, process.stderr
    artifacts = [*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]]
    assert all((tmp_path / path).is_file() for path in artifacts)
    assert sorted(artifacts) == sorted(word.partition("=")[2] for word in shlex.split(command) if "=contract." in word)


def test_exit_codes_are_those_of_the_command() -> None:
    codes = {value for name, value in vars(exit_codes).items() if name[0].isupper() and isinstance(value, int)}

    assert {int(row[0]) for row in guide("harness").table("| exit code |")} == codes


def test_statement_to_explain_exists(tmp_path: Path) -> None:
    row = next(row for row in guide("harness").table("| command of the harness |") if "explain" in row[0])

    assert run(row[0].strip("`"), tmp_path).returncode == exit_codes.KEPT
