"""The URLs of `--state`: what they mean, what is refused, and that no password is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from postfuze_mock.settings import Settings, SettingsError, read
from postfuze_mock.state_url import parse


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("sqlite:///worlds.db", "worlds.db"),
        ("sqlite:////var/lib/worlds.db", "/var/lib/worlds.db"),
        ("sqlite:///a folder/ä.db", "a folder/ä.db"),
    ],
)
def test_sqlite_names_a_file(text: str, path: str) -> None:
    url = parse(text)

    assert (url.engine, url.path, url.masked, url.is_shared) == ("sqlite", Path(path), text, True)


def test_memory_is_shared_with_nobody() -> None:
    assert (parse("memory").engine, parse("memory").is_shared) == ("memory", False)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("postgresql://db/worlds", "postgresql://db/worlds"),
        ("postgresql://me:hush@db:5433/worlds?sslmode=require&password=hush", "postgresql://db:5433/worlds"),
        ("postgres://me:hu%2Fs%40h@[::1]:5432/worlds", "postgresql://[::1]:5432/worlds"),
        ("postgresql://me:hush@a:1,b:2/worlds", "postgresql://a:1,b:2/worlds"),
        ("postgresql:///worlds?host=/var/run/postgresql", "postgresql:///worlds"),
        ("postgresql://%2Fvar%2Frun/worlds", "postgresql://%2Fvar%2Frun/worlds"),
        ("postgresql://", "postgresql://"),
    ],
)
def test_postgresql_is_shown_without_credentials(text: str, masked: str) -> None:
    url = parse(text)

    assert (url.engine, url.masked) == ("postgresql", masked)
    assert url.dsn == text.replace("postgres://", "postgresql://")
    assert "hush" not in repr(url)


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://me:hush@x@db/worlds",
        "postgresql://me:hush/x@db/worlds",
        "postgresql://me:hush?x@db/worlds",
        "postgresql://me:hush#x@db/worlds",
        "postgresql://me:hush x@db/worlds",
        "postgresql+psycopg://me:hush@db/worlds",
        "mysql://me:hush@db/worlds",
        "hush",
        "",
        "sqlite://",
        "sqlite:///",
        "sqlite://hush/worlds.db",
        "sqlite:///:memory:",
        "sqlite:///folder/",
        "sqlite:///worlds.db?mode=hush",
        "sqlite:///hush\0.db",
        f"sqlite:///{'hush' * 1024}",
    ],
)
def test_others_are_refused_without_being_quoted(text: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^--state must ") as error:
        read({"state": text}, {}, tmp_path)

    assert "hush" not in str(error.value)


def test_settings_show_no_password(tmp_path: Path) -> None:
    settings = read({}, {"POSTFUZE_MOCK_STATE": "postgresql://me:hush@db/worlds"}, tmp_path)

    assert settings.state == "postgresql://me:hush@db/worlds"
    assert "hush" not in repr(settings)


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        ({"workers": 2}, "--workers above 1 needs worlds that several processes can share, and memory belongs to one"),
        ({"workers": 2, "state": "sqlite:///w.db", "reload": True}, "--workers above 1 does not go with --reload"),
        ({"state": "sqlite:///w.db", "state_file": "f"}, "--state-file is for worlds that are in memory: sqlite"),
        ({"workers": 65}, "--workers must be a number of processes from 1 to 64; it is 65"),
        ({"workers": 0}, "--workers must be a number of processes from 1 to 64; it is 0"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(flags: dict[str, object], reason: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as error:
        read(flags, {}, tmp_path)

    assert str(error.value).startswith(reason)


def test_workers_share_what_an_engine_keeps(tmp_path: Path) -> None:
    variables = {"POSTFUZE_MOCK_STATE": "sqlite:///w.db", "POSTFUZE_MOCK_WORKERS": "4"}

    assert read({}, variables, tmp_path) == Settings(state="sqlite:///w.db", workers=4)
