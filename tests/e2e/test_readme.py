"""The README holds: every example of it runs here, and what it names is there."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl

import pytest
import yaml
from tests.e2e.readme_examples import CUT, Example, blocks, difference, examples, flags, run, shown, spell_out, table
from tests.support.processes import ROOT, MockProcess

from postfuze_mock import settings, spec
from postfuze_mock.client import Mock
from postfuze_mock.domain.choices import alternatives
from postfuze_mock.settings import Settings

README: Final = (ROOT / "README.md").read_text(encoding="utf-8")
SHOWN_HOST: Final = "http://127.0.0.1:8080"
EXAMPLES: Final = examples(README)
Answers: TypeAlias = dict[Example, subprocess.CompletedProcess[str]]

CURLS: Final = [each for each in EXAMPLES if each.program == "curl"]
COMMANDS: Final = [each for each in EXAMPLES if each.program in {"postfuze-mock", "python"}]
SERVERS: Final = [each for each in COMMANDS if each.command.startswith("postfuze-mock serve")]
FILES: Final = {block.file: block for block in blocks(README) if block.file}
INLINE: Final = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL))
TARGETS: Final = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files that the README spells out."""
    spell_out(FILES.values(), tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockProcess]:
    """A fresh server of its own: the README changes what it finds."""
    process = MockProcess(folder=tmp_path_factory.mktemp("readme-server"))
    yield process
    process.stop()


@pytest.fixture(scope="module")
def answers(mock: MockProcess, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """What every curl of the README gets, one after the other from the first to the last."""
    if shutil.which("curl") is None:
        complain = pytest.fail if os.environ.get("CI") else pytest.skip
        complain("curl is not installed, so the README's calls cannot be run as a reader would")
    folder = tmp_path_factory.mktemp("readme-shell")
    return {each: run(each.command.replace(SHOWN_HOST, mock.url), folder) for each in CURLS}


@pytest.mark.parametrize("example", CURLS, ids=str)
def test_curl_gets_what_is_shown(example: Example, answers: Answers, mock: MockProcess) -> None:
    done = answers[example]

    assert done.returncode == 0, done.stderr
    if example.output is None:
        assert done.stdout == ""
    else:
        assert example.output.language == "json"
        wanted = shown(example.output.text.replace(SHOWN_HOST, mock.url))
        assert difference(wanted, json.loads(done.stdout)) is None


def test_every_operation_of_the_contract_is_called() -> None:
    calls = [(method_of(each), path_of(each)) for each in CURLS]
    missing = [
        operation.id
        for operation in spec.operations().values()
        if not any(method == operation.method and matches(operation.path, path) for method, path in calls)
    ]

    assert missing == []


@pytest.mark.parametrize("example", [each for each in COMMANDS if each not in SERVERS], ids=str)
def test_command_prints_what_is_shown(example: Example, folder: Path) -> None:
    done = run(example.command, folder)

    if example.output is None:
        assert done.returncode == 0, done.stderr
    else:
        assert example.output.language == "text"
        assert done.stdout + done.stderr == example.output.text


@pytest.mark.parametrize("example", SERVERS, ids=str)
def test_server_starts_as_told(example: Example, folder: Path) -> None:
    process = MockProcess(*example.command.split()[2:], folder=folder)
    try:
        assert process.send(signal.SIGTERM) == 0
    finally:
        process.stop()


def test_python_examples_pass_when_they_are_run_by_pytest(folder: Path) -> None:
    tests = [name for name in FILES if name.startswith("test_")]
    done = run(f"python -m pytest -p no:cacheprovider -rA {' '.join(tests)}", folder)

    assert tests
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("PASSED") == sum(FILES[name].text.count("def test_") for name in tests)


def test_world_files_are_checked_by_a_command_beside_them() -> None:
    worlds = {name for name in FILES if name.endswith(".yaml")}

    assert worlds <= {each.command.split()[-1] for each in COMMANDS if "world check" in each.command}


def test_world_file_names_its_schema() -> None:
    named = re.findall(r"\$schema=(\S+)", README)

    assert named
    assert all(json.loads((ROOT / path).read_bytes())["title"] == "A world of postfuze-mock" for path in named)


def test_settings_file_sets_what_it_says(folder: Path) -> None:
    table = tomllib.loads(FILES["pyproject.toml"].text)["tool"]["postfuze-mock"]
    read = settings.read({}, {}, folder)

    assert {name: getattr(read, name.replace("-", "_")) for name in table} == table


def test_every_example_is_of_a_kind_that_is_run_here() -> None:
    programs = {each.program for each in EXAMPLES}
    outputs = {each.output for each in EXAMPLES if each.output}
    others = [each for each in blocks(README) if each.language != "sh" and each not in outputs]

    assert programs <= {"curl", "postfuze-mock", "postfuze-contracts", "python", "make", "pip"}
    assert [each for each in others if not each.file] == []
    assert {Path(each.file).suffix for each in others} <= {".py", ".mjs", ".yaml", ".yml", ".toml"}
    assert "[tool.postfuze-mock]" in FILES["pyproject.toml"].text


def test_make_targets_exist() -> None:
    named = {each.command.split()[1] for each in EXAMPLES if each.program == "make"}
    named |= {code.split()[1] for code in INLINE if re.match(r"make \w", code)}

    assert {"serve", "test"} <= named <= TARGETS


def test_package_to_install_is_this_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    installed = [shlex.split(each.command)[-1] for each in EXAMPLES if each.program == "pip"]

    assert installed == [
        project["name"],
        *(f"{project['name']}[{extra}]" for extra in project["optional-dependencies"]),
    ]


def test_commands_in_the_text_exist(tmp_path: Path) -> None:
    named = {tuple(code.split()) for code in INLINE if re.match("postfuze-(mock|contracts) ", code)}

    for words in (words for words in named if "ready" not in words):
        plain = [words[0], *(word for word in words[1:] if word.islower() and word.isalpha())]
        offered = run(f"{' '.join(plain)} --help", tmp_path).stdout
        assert all(word in offered for word in words if word.startswith("--")), words
        assert offered.startswith(f"usage: {' '.join(plain)}"), words


def test_flags_in_the_text_exist(tmp_path: Path) -> None:
    written = [*INLINE, *(each.command for each in COMMANDS)]  # a command would take an abbreviation, too
    named = {word.partition("=")[0] for code in written for word in code.split() if word.startswith("--")}
    offered = flags("postfuze-mock serve", tmp_path) | flags("postfuze-contracts run", tmp_path)

    assert named <= offered | {"--json"}


def test_table_of_settings_is_that_of_the_command(tmp_path: Path) -> None:
    rows = table(README, "| flag |")

    assert {row[0].strip("`") for row in rows} == {
        flag for flag in flags("postfuze-mock serve", tmp_path) if not flag.startswith("--no-")
    }


def test_table_of_settings_has_the_defaults() -> None:
    said = {row[0].strip("`-").replace("-", "_"): row[1].strip("`") for row in table(README, "| flag |")}
    usual = Settings()

    assert said == {each.name: in_words(getattr(usual, each.name)) for each in fields(Settings)}


def test_table_of_levers_is_that_of_their_specification() -> None:
    document = yaml.safe_load((ROOT / "mockserver/postfuze_mock/control/openapi.yaml").read_bytes())
    levers = {f"{method.upper()} /_mock{path}" for path, item in document["paths"].items() for method in item}

    assert {row[0].strip("`") for row in table(README, "| call |")} == levers


def test_table_of_presets_is_that_of_the_lever(mock: MockProcess) -> None:
    presets = Mock(mock.url).list_faults(presets=True)

    assert [[cell.replace("`", "") for cell in row] for row in table(README, "| preset |")] == [
        [preset["preset"], preset["title"], ", ".join(preset["statements"])] for preset in presets
    ]


@pytest.mark.parametrize("row", table(README, "| at the end of"), ids=lambda row: row[0].strip("`"))
def test_decision_is_told_to_the_application_as_shown(row: list[str], mock: MockProcess) -> None:
    decision, outcome = [dict(parse_qsl(cell.split("`")[1].strip("&"))) for cell in row]
    pages = decision.get("pages")
    made = mock.caller("sk_test_deciding").call("POST", "/api/v1/social-networks/x/auth-url", {}).json
    told = mock.mock("deciding").decide(made["auth_url"], decision["decision"], pages=pages and int(pages))  # type: ignore[arg-type]

    assert {name: CUT if outcome.get(name) == CUT else value for name, value in told.items()} == outcome


def test_assumptions_in_the_text_exist() -> None:
    named = re.findall(r"([a-z]+(?:-[a-z]+)*\.[a-z-]+)(?:=|\": ?\"|\" = \")([a-z0-9-]+)", README)

    assert named
    assert all(alternative in alternatives().get(id, ()) for id, alternative in named)


@pytest.mark.parametrize("path", sorted({code for code in INLINE if re.match(r"/(docs|openapi|_mock)\b", code)}))
def test_page_in_the_text_is_served(path: str, mock: MockProcess) -> None:
    assert mock.caller(None).call("GET", path).status == 200


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)\s]+)\)", README))))
def test_link_leads_somewhere(target: str) -> None:
    path, _, anchor = target.partition("#")
    headings = re.findall(r"^#+ (.+)$", README, re.MULTILINE)

    assert not path or (ROOT / path).is_file()
    assert not anchor or anchor in {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def in_words(default: Any) -> str:
    """A default as the table of settings has it."""
    if isinstance(default, bool):
        return "on" if default else "off"
    if isinstance(default, tuple):
        return ", ".join(default)
    return str(default) if default else ""


def method_of(example: Example) -> str:
    """What a curl sends: GET, unless it says otherwise or has data."""
    given = re.search(r"-X ([A-Z]+)", example.command)
    return given[1] if given else "POST" if " -d " in example.command else "GET"


def path_of(example: Example) -> str:
    """The path that a curl calls, below the API's own."""
    url = re.search(re.escape(SHOWN_HOST) + r"(?:/api/v1)?([^\s\"?]*)", example.command)
    return url[1] if url else ""


def matches(template: str, path: str) -> bool:
    """Whether `path` is one that an OpenAPI path template describes."""
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) is not None
