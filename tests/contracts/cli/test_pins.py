"""Choices are pinned by a run, and judged by later ones."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.contracts.cli.commands import Result, contracts
from tests.contracts.cli.targets import stub
from tests.contracts.family.mock import Deployment, Mock

from postfuze_contracts.config import ConfigError
from postfuze_contracts.config.pins_file import PinsFile, read
from postfuze_contracts.model.verdicts import Observation
from postfuze_mock import spec

ENV = {"POSTFUZE_KEY": "sk_test_pins"}
ID = "platform.unknown-filter"
ONLY = ("--only", f"list.filter-platform,{ID}")
DAY = date(2026, 1, 31)
PINNED = f"""\
target = "https://old.example.com"
observed = 2026-01-31

[assume]
"{ID}" = "refused"
"keys.modes" = "separate"
"""


@pytest.fixture(scope="module")
def other() -> Iterator[Deployment]:
    """A mock that decides platform.unknown-filter differently."""
    mock = Mock()
    mock.settings = replace(mock.settings, assume={ID: "empty-page"})
    with mock.served() as deployment:
        yield deployment


def run(url: str, folder: Path, *arguments: str) -> Result:
    return contracts("run", *ONLY, "--url", url, *arguments, cwd=folder, env=ENV)


def assumed(path: Path) -> dict[str, object]:
    table: dict[str, object] = tomllib.loads(path.read_text())["assume"]
    return table


def test_run_writes_what_it_observed_with_date_and_target(other: Deployment, tmp_path: Path) -> None:
    result = run(other.url, tmp_path, "--pin", "assumptions.toml")
    assert result.returncode == 0, result.stderr
    document = tomllib.loads((tmp_path / "assumptions.toml").read_text())
    assert (document["target"], document["observed"]) == (other.url, date.today())
    assert document["assume"][ID] == "empty-page"
    question = "# What does the filter `platform` return for a platform that does not exist?"
    sentences = f"{question}\n# An empty page, because no account has it.\n"
    assert sentences in (tmp_path / "assumptions.toml").read_text()
    assert re.fullmatch(r"pinned   assumptions\.toml \(\d+ observed\)", result.stdout.splitlines()[-1])


def test_pinned_choice_that_the_target_keeps_passes(url: str, tmp_path: Path) -> None:
    (tmp_path / "pins.toml").write_text(PINNED)
    result = run(url, tmp_path, "--assume-file", "pins.toml")
    assert result.returncode == 0, result.stdout
    assert "refused (as the mock, pinned)" in result.stdout


def test_drift_fails_with_the_old_and_the_new(other: Deployment, tmp_path: Path) -> None:
    (tmp_path / "pins.toml").write_text(PINNED)
    result = run(other.url, tmp_path, "--assume-file", "pins.toml")
    assert result.returncode == 1
    text = " ".join(result.stdout.split())
    assert "expected refused, as pinned in pins.toml:5 on 2026-01-31 for https://old.example.com" in text
    assert "got empty-page" in text
    last = result.stdout.splitlines()[-1]
    assert last == f"again    postfuze-contracts run --only {ID} --assume-file pins.toml --url {other.url}"


def test_drift_is_replayed_from_the_report_alone(other: Deployment, url: str, tmp_path: Path) -> None:
    (tmp_path / "pins.toml").write_text(PINNED)
    run(other.url, tmp_path, "--assume-file", "pins.toml", "--report", "json=run.json")
    (tmp_path / "pins.toml").unlink()
    again = contracts("replay", "run.json", "--url", other.url, cwd=tmp_path, env=ENV)
    assert again.returncode == 1, again.stderr
    assert f"{ID}: still fails\n  expected refused, as pinned for the report\n  got empty-page" in again.stdout
    assert contracts("replay", "run.json", "--url", url, cwd=tmp_path, env=ENV).returncode == 0


def test_configuration_pins_too_and_the_flag_wins(other: Deployment, tmp_path: Path) -> None:
    (tmp_path / "contracts.toml").write_text(f'[assume]\n"{ID}" = "refused"\n')
    result = run(other.url, tmp_path)
    assert result.returncode == 1
    assert "as pinned in contracts.toml:2" in " ".join(result.stdout.split())
    (tmp_path / "pins.toml").write_text(f'[assume]\n"{ID}" = "empty-page"\n')
    assert run(other.url, tmp_path, "--assume-file", "pins.toml").returncode == 0


def test_variable_names_the_file(other: Deployment, tmp_path: Path) -> None:
    (tmp_path / "pins.toml").write_text(PINNED)
    env = {**ENV, "POSTFUZE_CONTRACTS_ASSUME_FILE": "pins.toml"}
    assert contracts("run", *ONLY, "--url", other.url, cwd=tmp_path, env=env).returncode == 1


def test_required_pin_that_nothing_observes_is_exit_code_4(url: str, tmp_path: Path) -> None:
    choice = next(each.choice for each in spec.assumptions() if each.id == "webhooks.signature")
    (tmp_path / "pins.toml").write_text(f'[assume]\n"webhooks.signature" = "{choice}"\n')
    arguments = ("--only", f"{ONLY[1]},webhooks.signature", "--url", url, "--assume-file", "pins.toml")
    result = contracts("run", *arguments, "--require", "webhooks.signature", cwd=tmp_path, env=ENV)
    assert result.returncode == 4, result.stdout


@pytest.mark.parametrize("flag", ["--assume-file", "--pin"])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '\n[assume]\n"platform.unknown-filtr" = "empty-page"\n',
            f"pins.toml:3: there is no assumption platform.unknown-filtr; did you mean {ID}?",
        ),
        (
            f'[assume]\n"{ID}" = "empty-pag"\n',
            f"pins.toml:2: [assume] {ID} must be one of refused, empty-page; did you mean empty-page?",
        ),
        ("[assume]\nplatform.unknown-filter = 7\n", f"pins.toml:2: [assume] {ID} must be one of refused, empty-page"),
        ('targt = "x"\n[assume]\n', "pins.toml:1: an assumptions file has no targt; did you mean target?"),
        (
            '[assume]\n[keys]\nfull = "x"\n',
            "pins.toml:2: an assumptions file has no keys; it has target, observed and [assume]",
        ),
        ("[assume\n", "pins.toml:1: "),
        ('target = "x"\n', "pins.toml has no table [assume]; `postfuze-contracts run --pin pins.toml` writes one"),
        ("assume = 7\n", "pins.toml:1: assume must be a table"),
    ],
    ids=["id", "alternative", "number", "key", "table", "syntax", "none", "no table"],
)
def test_invalid_file_is_refused_before_anything_is_sent(flag: str, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "pins.toml").write_text(text)
    with stub(200, b"{}") as target:
        result = run(target.url, tmp_path, flag, "pins.toml")
    assert result.returncode == 2
    assert message in result.stderr
    assert target.requests == []
    assert (tmp_path / "pins.toml").read_text() == text


def test_configuration_with_pins_is_not_overwritten(url: str, tmp_path: Path) -> None:
    text = f'[target]\nurl = "{url}"\n[assume]\n"{ID}" = "refused"\n'
    (tmp_path / "contracts.toml").write_text(text)
    result = run(url, tmp_path, "--pin", "contracts.toml")
    assert result.returncode == 2
    assert "contracts.toml:1: target must be a string in an assumptions file" in result.stderr
    assert (tmp_path / "contracts.toml").read_text() == text


def write(path: Path, *observations: tuple[str, str]) -> list[str]:
    """Write the file anew with these observations; what that changed."""
    file = PinsFile(path)
    file.write([Observation(*each) for each in observations], "https://example.com", DAY)
    return [f"{word} {text}" for word, text in file.notes]


def test_what_was_not_observed_is_kept_and_what_changed_is_said(tmp_path: Path) -> None:
    path = tmp_path / "pins.toml"
    path.write_text(PINNED)
    assert write(path, (ID, "empty-page"), ("list.disabled", "listed")) == [
        f"pinned {path} (2 observed, 1 kept that were not)",
        f"changed {ID} is empty-page now; it was refused",
    ]
    assert assumed(path) == {ID: "empty-page", "keys.modes": "separate", "list.disabled": "listed"}
    assert '# Not observed on 2026-01-31, and kept.\n"keys.modes" = "separate"' in path.read_text()


@pytest.mark.parametrize(
    "choices", [("refused", "empty-page"), ("something\nelse",)], ids=["several", "no alternative"]
)
def test_what_is_not_one_alternative_is_told_and_not_pinned(choices: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "pins.toml"
    path.write_text(PINNED)
    changes = write(path, *((ID, choice) for choice in choices))
    assert changes[1] == (
        f"changed {ID} is not pinned any more: it was refused, and this was observed: {', '.join(choices)}"
    )
    assert assumed(path) == {"keys.modes": "separate"}
    assert f'# "{ID}" is not pinned' in path.read_text()
    assert read(tmp_path, "pins.toml")


def test_file_stays_if_nothing_was_observed(tmp_path: Path) -> None:
    path = tmp_path / "pins.toml"
    path.write_text(PINNED)
    assert write(path) == [f"pinned nothing was observed, so {path} was not written"]
    assert path.read_text() == PINNED


def test_equal_observations_give_equal_files(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml", "a.toml"):
        write(tmp_path / name, (ID, "empty-page"), ("keys.modes", "shared"))
    assert (tmp_path / "a.toml").read_text() == (tmp_path / "b.toml").read_text()


def test_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot write"):
        write(tmp_path / "file" / "pins.toml", (ID, "empty-page"))
