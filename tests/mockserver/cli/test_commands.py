"""The commands except `serve`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from tests.mockserver.cli.conftest import Command
from tests.support.processes import ROOT

SHIPPED = ["demo", "empty"]


def test_spec_is_the_file_byte_for_byte(command: Command) -> None:
    result = command("spec")

    assert result.code == 0
    assert result.stdout == (ROOT / "openapi.yaml").read_bytes()


def test_spec_as_json_says_the_same(command: Command) -> None:
    result = command("spec", "--json")

    assert json.loads(result.stdout) == yaml.safe_load((ROOT / "openapi.yaml").read_bytes())


def test_spec_of_openapi_3_1_is_the_same_in_yaml_and_json(command: Command) -> None:
    as_yaml, as_json = command("spec", "--openapi", "3.1"), command("spec", "--openapi", "3.1", "--json")

    assert yaml.safe_load(as_yaml.stdout) == json.loads(as_json.stdout)
    assert json.loads(as_json.stdout)["openapi"] == "3.1.0"


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_world_is_valid(name: str, command: Command) -> None:
    result = command("world", "check", name)

    assert result.code == 0, result.stderr
    assert name in result.stdout.decode().splitlines()[-1]


def test_world_check_summarizes_the_world(command: Command, tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("generate: 3\nsessions: [{network: facebook, pages: 2}]\n", encoding="utf-8")
    result = command("world", "check", "w.yaml")

    assert result.code == 0, result.stderr
    assert "3 accounts, 1 pending session" in result.stdout.decode()


def test_world_check_of_an_invalid_file_names_position_and_remedy(command: Command, tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("generate: 3\nsesions: []\n", encoding="utf-8")
    result = command("world", "check", "w.yaml")

    assert result.code == 1
    assert result.stdout == b""
    (sentence,) = result.stderr.splitlines()
    assert "w.yaml" in sentence
    assert "sessions" in sentence
    assert "2" in sentence


def test_world_check_tells_all_mistakes_a_line_each(command: Command, tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("sesions: []\naccounts: [{platform: facebok}]\nclock: now\n", encoding="utf-8")
    result = command("world", "check", "w.yaml")

    assert result.code == 1
    assert [line[:22] for line in result.stderr.splitlines()] == [f"postfuze-mock: w.yaml:{n}"[:22] for n in (1, 2, 3)]


def test_world_check_tells_all_unknown_assumptions(command: Command, tmp_path: Path) -> None:
    text = "assume: {list.disabld: hidden}\nworlds: {acme: {assume: {finalize.duplicate-page: refusd}}}\n"
    (tmp_path / "w.yaml").write_text(text, encoding="utf-8")
    result = command("world", "check", "w.yaml")

    first, second = result.stderr.splitlines()
    assert result.code == 1
    assert "w.yaml" in first
    assert "'list.disabled'" in first
    assert "'refused'" in second


def test_world_check_of_a_missing_file_is_wrong_usage(command: Command) -> None:
    result = command("world", "check", "demoo")

    assert (result.code, result.stderr) == (2, "postfuze-mock: there is no world file demoo; did you mean demo?\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("srve",), "did you mean serve?"),
        (("world", "chek", "w.yaml"), "did you mean check?"),
        (("--port", "0"), "it belongs behind a command: postfuze-mock COMMAND --port"),
        (("--verison",), "did you mean --version?"),
        (("spec", "--jsn"), "did you mean --json?"),
        (("world", "check"), "required: FILE"),
    ],
)
def test_wrong_usage_gets_a_remedy(arguments: tuple[str, ...], says: str, command: Command) -> None:
    result = command(*arguments)

    assert (result.code, result.stdout) == (2, b"")
    assert says in result.stderr.splitlines()[-1]


@pytest.mark.parametrize("arguments", [(), ("world",)])
def test_without_a_command_the_help_is_shown(arguments: tuple[str, ...], command: Command) -> None:
    result = command(*arguments)

    assert (result.code, result.stdout) == (2, b"")
    assert result.stderr == command(*arguments, "--help").stdout.decode()


def test_world_check_finds_errors_of_building_the_world(command: Command, tmp_path: Path) -> None:
    twins = "accounts:\n" + 2 * "  - id: a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234\n"
    (tmp_path / "w.yaml").write_text(twins, encoding="utf-8")
    result = command("world", "check", "w.yaml")

    assert result.code == 1
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [(), ("serve",), ("world", "check"), ("spec",)], ids=" ".join)
def test_help_shows_examples(arguments: tuple[str, ...], command: Command) -> None:
    result = command(*arguments, "--help")

    assert result.code == 0
    assert f"examples:\n  postfuze-mock {' '.join(arguments)}".rstrip() in result.stdout.decode()
    assert result.stderr == ""


@pytest.mark.parametrize(
    "arguments", [(), ("world",), ("sevre",)], ids=lambda arguments: " ".join(arguments) or "nothing"
)
def test_wrong_usage_ends_with_2_and_shows_the_usage(arguments: tuple[str, ...], command: Command) -> None:
    result = command(*arguments)

    assert result.code == 2
    assert result.stderr.startswith("usage: postfuze-mock")


def test_version_is_that_of_the_package(command: Command) -> None:
    from postfuze_mock import __version__

    assert command("--version").stdout.decode() == f"postfuze-mock {__version__}\n"
