"""Flags override the environment, which overrides the file; values may be references."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from postfuze_contracts.config import read
from postfuze_contracts.model.options import Access, Options, Secret

FILE = """\
[target]
url = "https://file.example.com/api/v1/"
probe = ["a", "b"]
[keys]
full = "from-file"
read_only = "env:READ_ONLY"
revoked = "file:secrets/revoked.txt"
[sessions]
fresh = ["one", "env:TWO"]
expired = "old"
[allow]
writes = true
exhaust_limits = true
[limits]
rate = "env:RATE"
max_time = 60
max_requests = 500
connections = 2
[[waivers]]
statement = "list.newest-first"
reason = "known"
owner = "us"
expires = 2999-12-31
"""
ELSEWHERE = {"READ_ONLY": "ro", "TWO": "two", "RATE": "2.5"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "contracts.toml").write_text(FILE)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "revoked.txt").write_text("gone\n")
    return tmp_path


def options(folder: Path, flags: Mapping[str, Any] | None = None, **environ: str) -> Options:
    return read(flags or {}, ELSEWHERE | environ, folder)


def test_file_can_set_everything(folder: Path) -> None:
    result = options(folder)
    assert result.url == "https://file.example.com/api/v1"
    assert result.probe == ("a", "b")
    assert (result.access, result.exhaust_limits) == (Access.FULL, True)
    assert (result.rate, result.max_time, result.max_requests, result.connections) == (2.5, 60, 500, 2)
    assert result.waivers[0].expires.year == 2999


def test_keys_come_from_the_file_a_variable_or_another_file(folder: Path) -> None:
    keys = options(folder).keys
    values = [each and each.value for each in (keys.full, keys.read_only, keys.revoked, keys.expired)]
    assert values == ["from-file", "ro", "gone", None]


def test_each_fresh_session_is_supplied_once(folder: Path) -> None:
    sessions = options(folder).sessions
    tokens = [sessions.fresh() for _ in range(3)]
    assert [each and each.value for each in tokens] == ["one", "two", None]


def test_variable_may_hold_several_sessions(folder: Path) -> None:
    sessions = options(folder, POSTFUZE_CONTRACTS_SESSIONS_FRESH="a,b\nc").sessions
    tokens = [sessions.fresh() for _ in range(4)]
    assert [each and each.value for each in tokens] == ["a", "b", "c", None]


def test_environment_overrides_the_file(folder: Path) -> None:
    result = options(
        folder, POSTFUZE_URL="http://environment", POSTFUZE_KEY="from-environment", POSTFUZE_CONTRACTS_RATE="9"
    )
    assert (result.url, result.rate) == ("http://environment", 9)
    assert result.keys.full is not None
    assert result.keys.full.value == "from-environment"


def test_site_has_a_flag_a_variable_and_a_key(tmp_path: Path) -> None:
    (tmp_path / "contracts.toml").write_text('[reports]\nsite = "https://file.example.com/"\n')
    variable = {"POSTFUZE_CONTRACTS_SITE": "https://variable.example.com"}
    flag = {"site": "https://flag.example.com/postfuze/"}
    sites = [read({}, {}, tmp_path).site, read({}, variable, tmp_path).site, read(flag, variable, tmp_path).site]
    assert sites == ["https://file.example.com", "https://variable.example.com", "https://flag.example.com/postfuze"]


def test_flag_overrides_the_environment(folder: Path) -> None:
    flags = {"url": "http://flag", "key_env": "MINE", "rate": 1.0, "seed": 7}
    result = options(
        folder, flags, POSTFUZE_URL="http://environment", POSTFUZE_KEY="k", MINE="mine", POSTFUZE_CONTRACTS_SEED="3"
    )
    assert (result.url, result.rate, result.seed) == ("http://flag", 1, 7)
    assert result.keys.full is not None
    assert result.keys.full.value == "mine"


ACCESSES: dict[str, tuple[dict[str, Any], dict[str, str], Access]] = {
    "the file's writes": ({}, {}, Access.FULL),
    "a flag over the file": ({"access": "passive"}, {}, Access.PASSIVE),
    "a variable over the file": ({}, {"POSTFUZE_CONTRACTS_ACCESS": "probe"}, Access.PROBE),
    "a flag over a variable": ({"allow_writes": True}, {"POSTFUZE_CONTRACTS_ACCESS": "passive"}, Access.FULL),
    "a variable that forbids writes": ({}, {"POSTFUZE_CONTRACTS_ALLOW_WRITES": "no"}, Access.PASSIVE),
}


@pytest.mark.parametrize(("flags", "environ", "access"), ACCESSES.values(), ids=ACCESSES)
def test_nearest_source_decides_the_access(
    folder: Path, flags: dict[str, Any], environ: dict[str, str], access: Access
) -> None:
    assert options(folder, flags, **environ).access is access


def test_overridden_values_are_not_looked_up(folder: Path) -> None:
    assert read({"rate": 1.0}, {"READ_ONLY": "ro", "TWO": "t"}, folder).rate == 1


def test_run_is_passive_and_quick_by_default(tmp_path: Path) -> None:
    result = read({}, {}, tmp_path)
    assert (result.url, result.keys.full, result.access, result.profile) == ("", None, Access.PASSIVE, "quick")


def test_prefix_selects_every_statement_that_starts_with_it(tmp_path: Path) -> None:
    settings = read({"only": "get,list.newest-first", "require": "get.unknown"}, {}, tmp_path)
    assert settings.only == ("get.by-id", "get.unknown", "get.deleted", "list.newest-first")
    assert settings.require == ("get.unknown",)


def test_require_all_covers_the_selected_statements(tmp_path: Path) -> None:
    assert read({"only": "health.unknown", "require": "all"}, {}, tmp_path).require == ("health.unknown",)
    assert len(read({"require": "all"}, {}, tmp_path).require) > 60


def test_options_do_not_show_secrets(folder: Path) -> None:
    text = repr(options(folder)) + str(options(folder).keys.full)
    assert not any(secret in text for secret in ("from-file", "'ro'", "gone", "old"))
    assert str(Secret("x", "keys.full")) == "<keys.full>"
