"""The tables of the guides agree with the tools."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

import pytest
import yaml
from tests.docs.examples import CUT, flags, run, write_files
from tests.docs.pages import PAGES, guide
from tests.support.processes import ROOT, MockProcess

from postfuze_contracts.model.options import Access, Keys, Options
from postfuze_contracts.reports import FORMATS
from postfuze_mock import settings
from postfuze_mock.client import Mock
from postfuze_mock.pytest_plugin.marker import Start
from postfuze_mock.settings import Settings

DECISIONS: Final = guide("connect-flow").table("| append to")


def test_options_and_arguments_of_the_pytest_plugin_are_all_described(tmp_path: Path) -> None:
    page = guide("testing")
    ini = re.findall(r"^  (postfuze_\w+) \(", run("python -m pytest --help", tmp_path).stdout, re.MULTILINE)

    assert [row[0].strip("`") for row in page.table("| option |")] == ini
    assert [row[0].strip("`") for row in page.table("| argument |")] == [each.name for each in fields(Start)]


def test_settings_are_those_of_the_command(tmp_path: Path) -> None:
    rows = guide("settings").table("| flag |")

    assert {row[0].strip("`") for row in rows} == {
        flag for flag in flags("postfuze-mock serve", tmp_path) if not flag.startswith("--no-")
    }


def test_settings_have_the_documented_defaults() -> None:
    documented = {
        row[0].strip("`-").replace("-", "_"): row[1].strip("`") for row in guide("settings").table("| flag |")
    }
    defaults = Settings()

    assert documented == {each.name: _in_words(getattr(defaults, each.name)) for each in fields(Settings)}


def test_bounds_have_the_documented_defaults() -> None:
    rows = [row for table in guide("reliability").text.split("| what is bounded")[1:] for row in _rows(table)]
    defaults: dict[str, Any] = {**asdict(Options(url="", keys=Keys())), **asdict(Settings())}

    assert len(rows) >= 8
    for _, flag, documented, _ in rows:
        default = defaults[flag.strip("`-").replace("-", "_")]
        assert documented.split(" ")[0].strip("`:").replace(",", "") == str(default or "none").removesuffix(".0")


def test_documented_settings_file_is_effective(tmp_path: Path) -> None:
    page = guide("settings")
    write_files(page.files.values(), tmp_path)
    read = settings.read({}, {}, tmp_path)

    assert (read.seed, read.world, read.validate_responses) == (7, "acme.yaml", True)
    assert read.assume == {"list.disabled": "hidden"}


def test_control_api_is_that_of_its_specification() -> None:
    document = yaml.safe_load((ROOT / "mockserver/postfuze_mock/control/openapi.yaml").read_bytes())
    operations = {f"{method.upper()} /_mock{path}" for path, item in document["paths"].items() for method in item}

    assert {row[0].strip("`") for row in guide("control-api").table("| call |")} == operations


def test_presets_are_those_of_the_control_api(mock: MockProcess) -> None:
    presets = Mock(mock.url).list_faults(presets=True)

    assert [[cell.replace("`", "") for cell in row] for row in guide("faults").table("| preset |")] == [
        [preset["preset"], preset["title"], ", ".join(preset["statements"])] for preset in presets
    ]


@pytest.mark.parametrize("row", DECISIONS, ids=lambda row: row[0].strip("`"))
def test_decision_redirects_as_documented(row: list[str], mock: MockProcess) -> None:
    decision, redirect = [dict(parse_qsl(cell.split("`")[1].strip("&"))) for cell in row]
    pages = int(decision["pages"]) if "pages" in decision else None
    caller = mock.caller("sk_test_deciding")
    auth_url = caller.call("POST", "/api/v1/social-networks/x/auth-url", {}).json["auth_url"]
    parameters = mock.client("deciding").decide(auth_url, decision["decision"], pages=pages)  # type: ignore[arg-type]  # words of the table

    assert {name: CUT if redirect.get(name) == CUT else value for name, value in parameters.items()} == redirect


def test_world_file_names_its_schema() -> None:
    paths = [path for page in PAGES for path in re.findall(r"\$schema=(\S+)", page.text)]

    assert paths
    assert all(json.loads((ROOT / path).read_bytes())["title"] == "A world of postfuze-mock" for path in paths)


def test_access_levels_are_all_there() -> None:
    rows = guide("harness").table("| `--access` |")

    assert [row[0].split("`")[1] for row in rows] == [level.name.lower() for level in Access]


def test_commands_of_the_harness_are_all_there(tmp_path: Path) -> None:
    rows = guide("harness").table("| command of the harness |")
    usage = run("postfuze-contracts --help", tmp_path).stdout.partition("COMMAND\n")[2].partition("\n\n")[0]
    commands = {line.split()[0] for line in usage.splitlines() if line.startswith("    ") and line[4] != " "}

    assert {row[0].split()[1].strip("`") for row in rows} == commands - {"run"}


def test_report_formats_are_all_named() -> None:
    rows = _rows(guide("harness").text.split("| format | what it is")[1])

    assert {row[0].strip("`") for row in rows} == set(FORMATS)


def _rows(table: str) -> list[list[str]]:
    """The rows of a table without its head, from behind the first words of that."""
    lines = table.split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _in_words(default: Any) -> str:
    """A default in the words of the table of settings."""
    if isinstance(default, bool):
        return "on" if default else "off"
    if isinstance(default, tuple):
        return ", ".join(default)
    return "" if default is None or default == {} else str(default)
