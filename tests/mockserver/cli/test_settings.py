"""Flags override the environment, which overrides pyproject.toml, which overrides the defaults."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.mockserver.conftest import Start

FILE = "[tool.postfuze-mock]\nseed = 2\nassume = { 'list.disabled' = 'hidden' }\nvalidate-responses = true\n"
ENVIRONMENT = {"POSTFUZE_MOCK_SEED": "3"}
FLAGS = ("--seed", "4")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory of the server."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "env", "flags", "seed"),
    [("", {}, (), 1), (FILE, {}, (), 2), (FILE, ENVIRONMENT, (), 3), (FILE, ENVIRONMENT, FLAGS, 4)],
    ids=["default", "pyproject.toml", "environment", "flag"],
)
def test_nearest_source_decides_the_seed(
    file: str, env: dict[str, str], flags: tuple[str, ...], seed: int, start: Start, folder: Path
) -> None:
    (folder / "pyproject.toml").write_text(file, encoding="utf-8")

    assert start(*flags, env=env).client("any").get_mock_health()["seed"] == seed


def test_flag_overrides_a_switch_of_the_environment(start: Start, folder: Path) -> None:
    (folder / "w.yaml").write_text("keys:\n  - key: sk_test_listed\n", encoding="utf-8")
    mock = start("--no-strict-keys", env={"POSTFUZE_MOCK_STRICT_KEYS": "true", "POSTFUZE_MOCK_WORLD": "w.yaml"})

    assert mock.caller("sk_test_unlisted").get("/social-accounts").status == 200


PLACES = {
    "pyproject.toml": (
        "control-token = 's3cret'\nallow-host = ['mock.internal']\nallow-origin = ['http://a.test', 'http://b.test']\n",
        {},
        (),
    ),
    "environment": (
        "",
        {
            "POSTFUZE_MOCK_CONTROL_TOKEN": "s3cret",
            "POSTFUZE_MOCK_ALLOW_HOST": "mock.internal",
            "POSTFUZE_MOCK_ALLOW_ORIGIN": "http://a.test, http://b.test",
        },
        (),
    ),
    "flags": (
        "",
        {},
        (
            *("--control-token", "s3cret", "--allow-host", "mock.internal"),
            *("--allow-origin", "http://a.test", "--allow-origin", "http://b.test"),
        ),
    ),
}


@pytest.mark.parametrize(("file", "env", "flags"), PLACES.values(), ids=PLACES)
def test_access_settings_work_in_every_source(
    file: str, env: dict[str, str], flags: tuple[str, ...], start: Start, folder: Path
) -> None:
    (folder / "pyproject.toml").write_text(f"[tool.postfuze-mock]\n{file}", encoding="utf-8")
    caller = start(*flags, env=env).caller(None)
    pages = [caller.call("GET", "/api/v1/health", Origin=f"http://{name}.test").headers for name in "abc"]
    token = {"X-Mock-Control-Token": "s3cret"}
    statuses = [caller.call("GET", "/_mock/clock", Host="mock.internal", **more).status for more in ({}, token)]

    assert ["access-control-allow-origin" in headers for headers in pages] == [True, True, False]
    assert statuses == [401, 200]


def test_empty_environment_value_is_ignored(start: Start) -> None:
    mock = start(env={"POSTFUZE_MOCK_SEED": "", "POSTFUZE_MOCK_WORLD": ""})

    assert mock.client("any").get_mock_health()["seed"] == 1
