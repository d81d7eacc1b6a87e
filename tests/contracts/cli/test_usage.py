"""Wrong usage of the command line exits with 2 and names what is nearest."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from tests.contracts.cli.commands import contracts
from tests.support.processes import ROOT

from postfuze_contracts import cli


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("rn",), "did you mean run?"),
        (("--url", "http://a"), "it belongs behind a command: postfuze-contracts COMMAND --url"),
        (("--verison",), "did you mean --version?"),
        (("run", "--ulr", "http://a"), "unrecognized arguments: --ulr http://a; did you mean --url?"),
        (("run", "--profile", "quik"), "did you mean quick?"),
        (("run", "--seed", "one"), "--seed: must be a whole number; it is 'one'"),
        (("diff", "http://a"), "required: B"),
        (("list", "--jsn"), "did you mean --json?"),
        (("run", "sk_live_mine"), "unrecognized arguments: sk_…"),
        (("run", "--kye", "sk_live_mine"), "unrecognized arguments: --kye sk_…"),
    ],
)
def test_wrong_usage_gets_a_remedy(arguments: tuple[str, ...], says: str, tmp_path: Path) -> None:
    result = contracts(*arguments, cwd=tmp_path)

    assert (result.returncode, result.stdout) == (2, "")
    assert says in result.stderr.splitlines()[-1]
    assert len(result.stderr.splitlines()) == 2  # the usage in one line, and the sentence


def test_hidden_flag_is_not_suggested(tmp_path: Path) -> None:
    assert "--key?" not in contracts("run", "--keyy", cwd=tmp_path).stderr


def test_without_a_command_the_help_is_shown(tmp_path: Path) -> None:
    result = contracts(cwd=tmp_path)

    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == contracts("--help", cwd=tmp_path).stdout


def test_without_its_extra_one_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [each for each in sys.path if "site-packages" not in each])
    monkeypatch.delitem(sys.modules, "schemathesis", raising=False)
    result = contracts("list", cwd=tmp_path)

    assert (result.returncode, result.stdout) == (2, "")
    (sentence,) = result.stderr.splitlines()
    assert sentence.endswith("pip install 'postfuze-mock[contracts]'")


def test_extra_is_that_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = [Requirement(each).name for each in project["optional-dependencies"]["contracts"]]

    assert list(cli.EXTRA) == extra
