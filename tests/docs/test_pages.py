"""The guides: every example runs, and everything they name exists."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from tests.clients.table import CLIENTS
from tests.docs.examples import Example, difference, flags, matches_text, parse_output, run, write_files
from tests.docs.pages import ALL, MOCK_URL, PAGES, README, Page, with_program
from tests.support.processes import ROOT, MockProcess

from postfuze_mock import spec
from postfuze_mock.domain.choices import alternatives

Outputs = Mapping[Example, subprocess.CompletedProcess[str]]
COMMANDS: Final = with_program("postfuze-mock", "python")
SERVERS: Final = [pair for pair in COMMANDS if pair[1].command.startswith("postfuze-mock serve")]
MAX_README_LINES: Final = 250


@pytest.fixture(scope="session")
def outputs(mock: MockProcess, tmp_path_factory: pytest.TempPathFactory) -> dict[Page, Outputs]:
    """The output of each page's curl commands, run in order."""
    if shutil.which("curl") is None:
        complain = pytest.fail if os.environ.get("CI") else pytest.skip
        complain("curl is not installed, so the documented calls cannot be run as a reader would run them")
    return {page: _outputs(page, mock, tmp_path_factory.mktemp("docs-shell")) for page in PAGES}


def _outputs(page: Page, mock: MockProcess, folder: Path) -> Outputs:
    mock.client("demo").reset(all=True)
    curls = [example for example in page.examples if example.program == "curl"]
    return {example: run(example.command.replace(MOCK_URL, mock.url), folder) for example in curls}


@pytest.mark.parametrize(("page", "example"), with_program("curl"), ids=str)
def test_curl_gets_what_the_page_says(
    page: Page, example: Example, outputs: dict[Page, Outputs], mock: MockProcess
) -> None:
    process = outputs[page][example]

    assert process.returncode == 0, process.stderr
    if example.output is None:
        assert process.stdout == ""
    else:
        assert example.output.language == "json"
        expected = parse_output(example.output.text.replace(MOCK_URL, mock.url))
        assert difference(expected, json.loads(process.stdout)) is None


def test_every_operation_is_called() -> None:
    calls = [(_method(example), _path(example)) for _, example in with_program("curl")]

    assert [
        operation.id
        for operation in spec.operations().values()
        if not any(method == operation.method and _matches(operation.path, path) for method, path in calls)
    ] == []


@pytest.mark.parametrize(("page", "example"), [pair for pair in COMMANDS if pair not in SERVERS], ids=str)
def test_command_prints_what_the_page_says(page: Page, example: Example, tmp_path: Path) -> None:
    write_files(page.files.values(), tmp_path)
    process = run(example.command, tmp_path)

    if example.output is None:
        assert process.returncode == 0, process.stderr
    else:
        assert example.output.language == "text"
        assert matches_text(example.output.text, process.stdout + process.stderr), process.stdout + process.stderr


@pytest.mark.parametrize(("page", "example"), SERVERS, ids=str)
def test_server_starts_as_the_page_says(page: Page, example: Example, tmp_path: Path) -> None:
    write_files(page.files.values(), tmp_path)
    process = MockProcess(*example.command.split()[2:], folder=tmp_path)
    try:
        assert process.send(signal.SIGTERM) == 0
    finally:
        process.stop()


@pytest.mark.parametrize("page", [page for page in PAGES if page.tests], ids=str)
def test_python_tests_of_a_page_pass(page: Page, tmp_path: Path) -> None:
    write_files(page.files.values(), tmp_path)
    process = run(f"python -m pytest -p no:cacheprovider -rA {' '.join(page.tests)}", tmp_path)

    assert process.returncode == 0, process.stdout + process.stderr
    assert process.stdout.count("PASSED") == sum(page.files[name].text.count("def test_") for name in page.tests)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_example_is_of_a_runnable_kind(page: Page) -> None:
    programs = {"curl", "postfuze-mock", "postfuze-contracts", "python", "make", "pip", "npm", "npx", "node"}
    generators = {client.generate.split()[0] for client in CLIENTS}  # tests/clients runs them, and their programs

    assert {example.program for example in page.examples} <= programs | generators
    suffixes = {".py", ".mjs", ".ts", ".go", ".java", ".yaml", ".yml", ".toml"}
    assert {Path(name).suffix for name in page.files} <= suffixes


@pytest.mark.parametrize(
    ("page", "name"),
    [(page, name) for page in PAGES for name in page.files if "examples/" in name],
    ids=str,
)
def test_example_equals_the_file_of_that_name(page: Page, name: str) -> None:
    assert page.files[name].text.strip() in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ALL, ids=str)
def test_make_targets_exist(page: Page) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    names = {code.split()[1] for code in page.inline_code if re.match(r"make [a-z]", code)}

    assert names <= targets


def test_package_to_install_is_this_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = {shlex.split(example.command)[-1] for _, example in with_program("pip")}

    assert packages <= {project["name"], *(f"{project['name']}[{extra}]" for extra in project["optional-dependencies"])}


@pytest.mark.parametrize("page", ALL, ids=str)
def test_commands_in_the_text_exist(page: Page, tmp_path: Path) -> None:
    commands = {
        tuple(code.partition(" -- ")[0].split())
        for code in page.inline_code
        if re.match("postfuze-(mock|contracts) [a-z]", code)
    }
    for words in (words for words in commands if "ready" not in words):
        subcommand = [words[0], *(word for word in words[1:] if word.islower() and word.isalpha())]
        usage = run(f"{' '.join(subcommand)} --help", tmp_path).stdout

        assert usage.startswith(f"usage: {' '.join(subcommand)}"), words
        assert all(word in usage for word in words if word.startswith("--")), words


def test_flags_in_the_text_exist(tmp_path: Path) -> None:
    code = [
        code
        for page in PAGES
        for code in page.inline_code
        if not code.startswith(("make", "git", "docker", "scripts/"))
    ]
    code += [example.command for _, example in COMMANDS]  # argparse would accept an abbreviation, too
    own = [re.split(r"(?:^| )-- ", each)[0] for each in code]  # what follows is a command of the user
    names = {word.partition("=")[0] for each in own for word in each.split() if word.startswith("--")} - {"--"}

    of_spec = {"--json", "--openapi"}
    of_commands = (
        flags(each, tmp_path) for each in ("postfuze-mock exec", "postfuze-contracts run", "python -m pytest")
    )
    assert names <= of_spec.union(*of_commands)


def test_assumptions_in_the_text_exist() -> None:
    pattern = re.compile(r"([a-z]+(?:-[a-z]+)*\.[a-z-]+)(?:=|\": ?\"|\" = \")([a-z0-9-]+)")
    pairs = [pair for page in PAGES for pair in pattern.findall(page.text)]

    assert pairs
    assert [pair for pair in pairs if pair[1] not in alternatives().get(pair[0], ())] == []


@pytest.mark.parametrize(
    "path", sorted({code for page in PAGES for code in page.inline_code if re.match(r"/(docs|openapi|_mock)\b", code)})
)
def test_served_path_in_the_text_exists(path: str, mock: MockProcess) -> None:
    assert mock.caller(None).call("GET", path).status < 400


@pytest.mark.parametrize(("page", "link"), [(page, link) for page in ALL for link in page.links], ids=str)
def test_link_leads_somewhere(page: Page, link: str) -> None:
    path, _, anchor = link.partition("#")
    target = (page.path.parent / path).resolve() if path else page.path

    assert target.is_file() or target.is_dir()
    assert not anchor or anchor in Page(target).anchors


def test_every_guide_is_linked_from_the_readme() -> None:
    assert {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")} <= set(README.links)


def test_readme_is_read_in_five_minutes() -> None:
    assert len(README.text.splitlines()) <= MAX_README_LINES


def _method(example: Example) -> str:
    """The method of a curl command: GET, unless it names another or has data."""
    option = re.search(r"-X ([A-Z]+)", example.command)
    return option[1] if option else "POST" if " -d " in example.command else "GET"


def _path(example: Example) -> str:
    """The path that a curl calls, below the API's own."""
    url = re.search(re.escape(MOCK_URL) + r"(?:/api/v1)?([^\s\"?]*)", example.command)
    return url[1] if url else ""


def _matches(template: str, path: str) -> bool:
    """Whether `path` is one that an OpenAPI path template describes."""
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) is not None
