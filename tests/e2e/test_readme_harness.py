"""The README's section on the harness holds: its commands run here, and what it names is there."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from tests.contracts.cli.targets import changed_mock
from tests.contracts.family.wire import Request, Response
from tests.e2e.readme_examples import Example, blocks, examples, flags, is_shown, run, spell_out, table
from tests.support.processes import ROOT, MockProcess

from postfuze_contracts.cli import exit_codes
from postfuze_contracts.model.options import Access
from postfuze_contracts.reports import FORMATS

TEXT: Final = (ROOT / "README.md").read_text(encoding="utf-8")
SHOWN_MOCK: Final = "http://127.0.0.1:8080"
SHOWN_BROKEN: Final = "http://127.0.0.1:8081"
FILES: Final = {block.file: block for block in blocks(TEXT) if block.file}
CI: Final = {name: yaml.safe_load(block.text) for name, block in FILES.items() if name.endswith(".yml")}
RUNS: Final = [
    pytest.param(each, id=str(each), marks=[pytest.mark.slow] if "full" in each.command else [])
    for each in examples(TEXT)
    if each.program == "postfuze-contracts"
]
ENVIRONMENT: Final = {
    "POSTFUZE_KEY": "sk_live_demo",
    "POSTFUZE_KEY_READ_ONLY": "sk_live_demo_readonly",
    "POSTFUZE_KEY_OTHER": "sk_live_other",
}
PATIENCE: Final = 120.0  # seconds: a run sends a thousand requests


def begin_too_late(request: Request, response: Response) -> Response:
    """Pages without their first row, except for the first page."""
    if "cursor" not in request.parameters or response.status != 200:
        return response
    return response.with_body({**response.json, "data": response.json["data"][1:]})


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The README's hosts, and what they are here: a fresh mock, and a deployment that breaks a statement."""
    mock = MockProcess(folder=tmp_path_factory.mktemp("readme-harness"))
    with changed_mock("listSocialAccounts", begin_too_late) as broken:
        yield {SHOWN_MOCK: mock.url, SHOWN_BROKEN: broken.root}
    mock.stop()


def here(text: str, hosts: dict[str, str]) -> str:
    """`text` with the hosts of this test."""
    for shown, host in hosts.items():
        text = text.replace(shown, host)
    return text


@pytest.mark.parametrize(
    ("shown", "given", "holds"),
    [
        ("a\n…\nz\n", "a\n\nb\nz\n", True),
        ("a\n…\nz\n", "a\nz\n", False),
        ("…\nz\n", "a\nb\nz\n", True),
        ("PASS  … answers\n", "PASS  12 answers\n", True),
        ("PASS  … answers\n", "PASS  12\nanswers\n", False),
        ("FAIL  …\n", "FAIL  \n", False),
        ("a\n", "a\nb\n", False),
    ],
)
def test_cut_text_shows_what_it_leaves(shown: str, given: str, holds: bool) -> None:
    assert is_shown(shown, given) is holds


@pytest.mark.parametrize("example", RUNS)
def test_run_prints_what_is_shown(example: Example, hosts: dict[str, str], tmp_path: Path) -> None:
    spell_out((block for block in FILES.values() if block.line < example.line), tmp_path)
    for name in FILES:
        if (tmp_path / name).exists():
            (tmp_path / name).write_text(here(FILES[name].text, hosts), encoding="utf-8")
    done = run(here(example.command, hosts), tmp_path, patience=PATIENCE)

    assert example.output
    assert is_shown(here(example.output.text, hosts), done.stdout), done.stdout + done.stderr
    assert done.stderr == ""
    assert done.returncode == (exit_codes.BROKEN if "\nFAIL" in example.output.text else exit_codes.KEPT)


def test_configuration_is_good(tmp_path: Path) -> None:
    spell_out([FILES["contracts.toml"]], tmp_path)
    done = run("postfuze-contracts run --dry-run", tmp_path, ENVIRONMENT)

    assert (done.returncode, done.stderr) == (exit_codes.KEPT, "")
    assert "https://api.example.com/api/v1" in done.stdout


def test_action_is_given_inputs_that_it_has() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    steps: list[dict[str, Any]] = CI[".github/workflows/contract.yml"]["jobs"]["contract"]["steps"]
    ours = next(step for step in steps if "/postfuze-mock@" in step["uses"])

    assert action["runs"]["using"] == "composite"
    assert set(ours["with"]) <= set(action["inputs"])
    assert list(ours["env"]) == ["POSTFUZE_KEY"]


def test_command_of_the_action_has_its_flags(tmp_path: Path) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    script = next(step["run"] for step in action["runs"]["steps"] if step.get("id") == "check")
    names = script[script.index("for name in ") :].partition(";")[0].split()[3:]

    assert names
    assert {f"--{name}" for name in [*names, "report", "strict"]} <= flags("postfuze-contracts run", tmp_path)


def test_script_for_gitlab_runs(hosts: dict[str, str], tmp_path: Path) -> None:
    """Of what it would check, a small part."""
    job = CI[".gitlab-ci.yml"]["contract"]
    install, check = job["script"]
    url = job["variables"]["POSTFUZE_URL"].replace("https://api.example.com", hosts[SHOWN_MOCK])
    given = {"POSTFUZE_KEY": "sk_live_demo", "POSTFUZE_URL": url}
    done = run(f"{check} --only service,get.unknown", tmp_path, given, PATIENCE)

    assert install in {each.command for each in examples(TEXT)}
    assert done.returncode == exit_codes.KEPT, done.stderr
    kept = [*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]]
    assert all((tmp_path / path).is_file() for path in kept)
    assert sorted(kept) == sorted(word.partition("=")[2] for word in shlex.split(check) if "=contract." in word)


def test_table_of_exit_codes_is_that_of_the_command() -> None:
    known = {value for name, value in vars(exit_codes).items() if name.isupper() and isinstance(value, int)}

    assert {int(row[0]) for row in table(TEXT, "| exit code |")} == known


def test_table_of_access_has_its_levels() -> None:
    rows = table(TEXT, "| `--access` |")

    assert [row[0].split("`")[1] for row in rows] == [level.name.lower() for level in Access]


def test_table_of_commands_is_that_of_the_harness(tmp_path: Path) -> None:
    rows = table(TEXT, "| command of the harness |")
    offered = run("postfuze-contracts --help", tmp_path).stdout.partition("COMMAND\n")[2].partition("\n\n")[0]
    commands = {line.split()[0] for line in offered.splitlines() if line.startswith("    ") and line[4] != " "}

    assert {row[0].split()[1].strip("`") for row in rows} == commands - {"run"}


def test_statement_to_explain_exists(tmp_path: Path) -> None:
    row = next(row for row in table(TEXT, "| command of the harness |") if "explain" in row[0])

    assert run(row[0].strip("`"), tmp_path).returncode == exit_codes.KEPT


def test_formats_of_reports_are_all_named() -> None:
    paragraph = next(each for each in TEXT.split("\n\n") if each.startswith("Reports are written"))

    assert all(f"`{format}`" in paragraph for format in FORMATS)
