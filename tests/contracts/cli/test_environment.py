"""The harness's variables begin with POSTFUZE_CONTRACTS_; those of the target and its keys are shared with the mock."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contracts.cli.commands import contracts

from postfuze_contracts.cli import main
from postfuze_contracts.config import ConfigError, read
from postfuze_contracts.model.options import Access

#: Renamed variables: old name, new name.
RENAMED = {
    f"POSTFUZE_{name}": f"POSTFUZE_CONTRACTS_{name}"
    for name in (
        "CONFIG",
        "PROXY",
        "CA_BUNDLE",
        "PROBE",
        "SESSIONS_FRESH",
        "SESSIONS_COMMAND",
        "SESSIONS_EXPIRED",
        "ALLOW_WRITES",
        "ALLOW_EXHAUST_LIMITS",
        "RATE",
        "MAX_TIME",
        "MAX_REQUESTS",
        "CONNECTIONS",
        "ACCESS",
        "PROFILE",
        "SEED",
    )
}


@pytest.mark.parametrize(("old", "new"), RENAMED.items(), ids=RENAMED)
def test_old_name_is_refused_with_the_new_one(old: str, new: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=rf"\b{old} is called {new} now"):
        read({}, {old: "1", new: "1"}, tmp_path)


def test_old_name_is_refused_even_if_a_flag_overrides_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="POSTFUZE_CONTRACTS_SEED"):
        read({"seed": 7}, {"POSTFUZE_SEED": "1"}, tmp_path)


def test_old_name_without_a_value_is_ignored(tmp_path: Path) -> None:
    assert read({}, {"POSTFUZE_ACCESS": ""}, tmp_path).access is Access.PASSIVE


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("POSTFUZE_CONTRACTS_MAX_REQUEST", "POSTFUZE_CONTRACTS_MAX_REQUESTS"),
        ("POSTFUZE_CONTRACTS_PROFIEL", "POSTFUZE_CONTRACTS_PROFILE"),
        ("POSTFUZE_CONTRACTSRATE", "POSTFUZE_CONTRACTS_RATE"),
    ],
)
def test_unknown_name_is_refused_with_the_nearest(name: str, nearest: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"there is no setting {name}; did you mean {nearest}\\?"):
        read({}, {name: "1"}, tmp_path)


def test_diff_refuses_unknown_names_too(tmp_path: Path) -> None:
    variables = {"POSTFUZE_CONTRACTS_TIMOUT": "1", "POSTFUZE_KEY": "k"}
    result = contracts("diff", "http://127.0.0.1:9", "http://127.0.0.1:9", cwd=tmp_path, env=variables)

    assert result.returncode == 2
    assert "did you mean POSTFUZE_CONTRACTS_TIMEOUT?" in result.stderr


def test_name_that_something_refers_to_is_the_users_own(tmp_path: Path) -> None:
    (tmp_path / "contracts.toml").write_text(
        '[keys]\nrevoked = "env:POSTFUZE_CONTRACTS_B"\n[sessions]\nfresh = ["env:POSTFUZE_CONTRACTS_C"]\n'
    )
    environ = {f"POSTFUZE_CONTRACTS_{letter}": letter for letter in "ABC"}
    options = read({"key_env": "POSTFUZE_CONTRACTS_A"}, environ, tmp_path)

    assert options.keys.full is not None
    assert options.keys.full.value == "A"


def test_variables_of_commands_beside_the_mock_are_ignored(tmp_path: Path) -> None:
    others = {"POSTFUZE_ORIGIN": "http://a", "POSTFUZE_WEBHOOK_INBOX": "http://a/_mock/inbox/demo"}
    assert read({}, others, tmp_path).seed == 1


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"POSTFUZE_ULR": "http://a"}, "POSTFUZE_ULR is set, but nothing reads it"),
        ({"POSTFUZE_URL": "http://a", "POSTFUZE_KYE": "k"}, "POSTFUZE_KYE is set, but nothing reads it"),
        ({"POSTFUZE_URL": "http://a", "POSTFUZE_KEY_REVOKED": "k"}, "[keys] full in contracts.toml\n"),
    ],
)
def test_missing_target_or_key_is_reported_with_a_misspelt_variable(
    environ: dict[str, str], says: str, tmp_path: Path
) -> None:
    result = contracts("run", cwd=tmp_path, env=environ)

    assert result.returncode == 2
    assert says in result.stderr


def test_variables_of_the_mock_are_ignored(tmp_path: Path) -> None:
    assert read({}, {"POSTFUZE_MOCK_SEED": "5", "POSTFUZE_MOCK_PORT": "0"}, tmp_path).seed == 1


def test_target_and_keys_have_shared_names(tmp_path: Path) -> None:
    names = ("full", "read_only", "revoked", "expired", "other_organization")
    environ = {"POSTFUZE_URL": "http://target"} | {
        f"POSTFUZE_KEY{'' if name == 'full' else f'_{name.upper()}'}": f"the-{name}" for name in names
    }
    options = read({}, environ, tmp_path)
    assert options.url == "http://target"
    assert [getattr(options.keys, name).value for name in names] == [f"the-{name}" for name in names]


def test_variable_names_the_configuration_file(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('[target]\nurl = "http://other"\n')
    assert read({}, {"POSTFUZE_CONTRACTS_CONFIG": "other.toml"}, tmp_path).url == "http://other"


@pytest.mark.parametrize(
    "arguments", [("run", "--dry-run"), ("replay", "run.json"), ("diff", "http://a", "http://b")], ids=lambda a: a[0]
)
def test_command_ends_with_2_and_one_line(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POSTFUZE_SEED", "5")
    (tmp_path / "run.json").write_text('{"target": {"url": "http://a", "seed": 1}, "statements": []}')
    assert main(arguments) == 2
    assert capsys.readouterr() == (
        "",
        "postfuze-contracts: the environment variable POSTFUZE_SEED is called POSTFUZE_CONTRACTS_SEED now; rename it\n",
    )
