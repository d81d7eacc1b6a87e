"""The settings as keyword arguments are those of the command."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any, Final, get_type_hints

import pytest

from postfuze_mock.cli.arguments import parser
from postfuze_mock.launch.flags import SECRETS, MockSettings, ServerSettings, check_names, flags, secrets
from postfuze_mock.settings import Settings, of, read

#: `launch` itself says when the server ends; the client needs the control API where the API is.
LEFT_OUT: Final = {"exit_on_stdin_close", "control", "control_port"}
VALUES: Final[dict[str, Any]] = {
    "seed": -7,
    "world": Path("a world.yaml"),
    "clock": "2026-06-14T12:10:00Z,frozen",
    "assume": {"limit.above-range": "clamped", "list.disabled": "hidden"},
    "assume_file": "choices.toml",
    "strict_keys": True,
    "rate_limits": False,
    "validate_responses": True,
    "max_worlds": 5,
    "max_accounts": 500,
    "max_idle": 3600.0,
    "redirect_allow": ["a.test", "*.b.test"],
    "webhook_url": "http://127.0.0.1:9/hook",
    "webhook_allow": ("hooks.test",),
    "allow_origin": [],
    "allow_host": ["mock.test"],
    "host": "::1",
    "port": 0,
    "log_format": "json",
    "reload": True,
    "workers": 1,
    "metrics": True,
    "state_pool": 3,
    "state_file": Path("state.json"),
    "state_file_sync": "always",
    "request_timeout": 0.5,
    "idle_timeout": 7,
    "max_connections": 9,
}


def test_every_setting_is_there_once() -> None:
    assert set(ServerSettings.__annotations__) == {each.name for each in fields(Settings)} - LEFT_OUT
    assert set(VALUES) == set(ServerSettings.__annotations__) - set(SECRETS)
    assert set(MockSettings.__annotations__) < set(ServerSettings.__annotations__)


@pytest.mark.parametrize("name", VALUES)
def test_flag_says_what_the_keyword_argument_says(name: str, tmp_path: Path) -> None:
    by_flag = read(vars(parser().parse_args(["serve", *flags({name: VALUES[name]})])), {}, tmp_path)  # type: ignore[misc]
    value = str(VALUES[name]) if isinstance(VALUES[name], Path) else VALUES[name]

    assert getattr(by_flag, name) == getattr(of({name: value if name != "allow_origin" else "none"}), name)
    assert by_flag != read({}, {}, tmp_path) or getattr(Settings(), name) == value


def test_secrets_are_variables_and_no_flags() -> None:
    settings: ServerSettings = {"control_token": "hush", "state": "postgresql://me:hush@db/worlds", "seed": 7}

    assert flags(settings) == ["--seed=7"]
    assert secrets(settings) == {
        "POSTFUZE_MOCK_CONTROL_TOKEN": "hush",
        "POSTFUZE_MOCK_STATE": "postgresql://me:hush@db/worlds",
    }


def test_none_is_the_default() -> None:
    assert flags({"world": None}) == []  # type: ignore[typeddict-item]
    assert secrets({"state": None}) == {}  # type: ignore[typeddict-item]


def test_document_is_no_file() -> None:
    with pytest.raises(TypeError, match=r"a document is for reset\(world=…\)"):
        flags({"world": {"generate": {"x": 3}}})  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("name", "hint"), [("clok", "did you mean clock?"), ("zzz", "there are seed, world, ")], ids=["near", "far"]
)
def test_unknown_name_is_refused_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(TypeError, match=f"^here has no argument {name}; {hint}".replace("?", r"\?")):
        check_names({name: 1}, list(get_type_hints(ServerSettings)), "here")
