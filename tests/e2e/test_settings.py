"""Where settings come from: a flag wins over the environment, that over pyproject.toml, that over the default."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.mock_process import MockProcess

from postfuze_mock.client import Mock

FILE = "[tool.postfuze-mock]\nseed = 2\nassume = { 'list.disabled' = 'hidden' }\nvalidate-responses = true\n"
ENVIRONMENT = {"POSTFUZE_MOCK_SEED": "3"}
FLAGS = ("--seed", "4")


@pytest.mark.parametrize(
    ("file", "env", "flags", "seed"),
    [("", {}, (), 1), (FILE, {}, (), 2), (FILE, ENVIRONMENT, (), 3), (FILE, ENVIRONMENT, FLAGS, 4)],
    ids=["default", "pyproject.toml", "environment", "flag"],
)
def test_seed_in_force_is_that_of_the_nearest_place(
    file: str, env: dict[str, str], flags: tuple[str, ...], seed: int, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(file, encoding="utf-8")

    assert health(tmp_path, *flags, env=env)["seed"] == seed


def test_flag_can_switch_off_what_the_environment_switches_on(tmp_path: Path) -> None:
    world = "keys:\n  - key: sk_test_listed\n"
    (tmp_path / "w.yaml").write_text(world, encoding="utf-8")
    env = {"POSTFUZE_MOCK_STRICT_KEYS": "true", "POSTFUZE_MOCK_WORLD": "w.yaml"}
    mock = MockProcess("--no-strict-keys", folder=tmp_path, env=env)
    try:
        assert mock.caller("sk_test_unlisted").get("/social-accounts").status == 200
    finally:
        mock.stop()


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
def test_who_may_call_is_set_alike_in_all_places(
    file: str, env: dict[str, str], flags: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.postfuze-mock]\n{file}", encoding="utf-8")
    mock = MockProcess(*flags, folder=tmp_path, env=env)
    try:
        caller = mock.caller(None)
        pages = [caller.call("GET", "/api/v1/health", Origin=f"http://{name}.test").headers for name in "abc"]
        token = {"X-Mock-Control-Token": "s3cret"}
        levers = [caller.call("GET", "/_mock/clock", Host="mock.internal", **sent).status for sent in ({}, token)]
    finally:
        mock.stop()

    assert ["access-control-allow-origin" in headers for headers in pages] == [True, True, False]
    assert levers == [401, 200]


def test_empty_environment_value_counts_as_none(tmp_path: Path) -> None:
    assert health(tmp_path, env={"POSTFUZE_MOCK_SEED": "", "POSTFUZE_MOCK_WORLD": ""})["seed"] == 1


def health(folder: Path, *flags: str, env: dict[str, str]) -> dict[str, Any]:
    """What a server that is started in `folder` says of itself."""
    mock = MockProcess(*flags, folder=folder, env=env)
    try:
        answer = Mock(mock.url).get_mock_health()
        assert mock.send(signal.SIGTERM) == 0
    finally:
        mock.stop()
    return answer
