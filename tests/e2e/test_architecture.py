"""ARCHITECTURE.md holds: what it names is there, and what is there to be named is named."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any, Final

import pytest
from tests.e2e.mock_process import ROOT, SOURCE_ROOTS

from postfuze_fixtures.platforms import PLATFORMS
from postfuze_mock import spec
from postfuze_mock.records import ACCOUNT_FIELDS

TEXT: Final = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
CODE: Final = sorted(set(re.findall(r"`([^`\n]+)`", TEXT)))
PROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SERVER: Final = ROOT / "mockserver" / "postfuze_mock"
HARNESS: Final = ROOT / "contracts" / "postfuze_contracts"
#: Where a path may begin: at the root, at a source root, or, as most here, at the server's or the harness's package.
BASES: Final = (ROOT, SERVER, HARNESS, *(ROOT / name for name in SOURCE_ROOTS))
FILE: Final = re.compile(r"[\w.-]+\.(?:py|yaml|toml|md|json)|(?:[\w.-]+/)+[\w.-]*")
NAME: Final = re.compile(r"[A-Za-z]\w*[A-Z]\w*|[a-z_]+_[a-z_]+|x-[a-z-]+")
#: What looks like this repository's but is not.
ELSEWHERE: Final = {"AsyncApp", "PyYAML", "contracts.toml"}

FILES: Final = [code for code in CODE if FILE.fullmatch(code) and code not in ELSEWHERE]
NAMES: Final = [code for code in CODE if NAME.fullmatch(code) and code not in ELSEWHERE]


@pytest.mark.parametrize("path", FILES)
def test_path_exists(path: str) -> None:
    found = [base / path for base in BASES if (base / path).exists()]

    assert found
    assert not path.endswith("/") or found[0].is_dir()


@pytest.mark.parametrize("name", NAMES)
def test_name_is_in_the_code(name: str) -> None:
    sources = [ROOT / "openapi.yaml", *(file for base in SOURCE_ROOTS for file in (ROOT / base).rglob("*.py"))]
    whole = re.compile(rf"(?<![\w-]){name}(?![\w-])")

    assert any(name in file.parts or whole.search(file.read_text(encoding="utf-8")) for file in sources)


def test_every_layer_of_the_server_is_named() -> None:
    """As the contract of import-linter has them: `a | b` and `a : b` stand on one level."""
    drawn = next(line.strip() for line in TEXT.splitlines() if line.startswith("    cli "))

    assert [sorted(re.split(r" \| |, ", layer)) for layer in drawn.split("  →  ")] == layers("postfuze_mock")


def test_every_layer_of_the_harness_is_named() -> None:
    drawn = TEXT[TEXT.index("\n    cli, config\n") :].strip().partition("\n\n")[0].splitlines()

    assert [sorted(re.split(r" \| |, ", line.strip())) for line in drawn] == layers("postfuze_contracts")


def test_every_stage_of_a_request_is_named() -> None:
    stages = [file.name for file in (SERVER / "http").glob("*.py") if "(Stage)" in file.read_text(encoding="utf-8")]

    assert stages
    assert all(f"`http/{name}`" in TEXT for name in stages)


def test_dependencies_named_are_those_there_are() -> None:
    section = TEXT[TEXT.index("## Dependencies") : TEXT.index("## What would be added")]
    named = {code.lower() for code in re.findall(r"`([\w@/.-]+)`", section)} - {"contracts"}
    npm = json.loads((ROOT / "scripts" / "spec-lint" / "package.json").read_text(encoding="utf-8"))["dependencies"]

    assert named == dependencies() | set(npm)


def test_what_stands_twice_is_equal() -> None:
    schemas = spec.load()["components"]["schemas"]

    assert tuple(schemas["SocialAccount"]["properties"]) == ACCOUNT_FIELDS
    assert set(schemas["Platform"]["enum"]) == set(PLATFORMS)


def layers(package: str) -> list[list[str]]:
    """Its layers, top to bottom, each sorted, as the contract of import-linter has them; `(a)` is one that may be
    missing."""
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    contract = next(each for each in contracts if each["type"] == "layers" and each["containers"] == [package])
    return [
        sorted(name.strip("()") for name in re.split(r" [|:] ", layer))
        for layer in contract["layers"]
        if layer != "__main__"
    ]


def dependencies() -> set[str]:
    """The names in pyproject.toml, in lower case: of the server, of its extras, for development."""
    project = PROJECT["project"]
    lists = [
        project["dependencies"],
        *project["optional-dependencies"].values(),
        *PROJECT["dependency-groups"].values(),
    ]
    return {re.split(r"[^\w.-]", entry)[0].lower() for entries in lists for entry in entries}
