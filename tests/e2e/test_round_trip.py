"""What the documentation leaves open makes the round: a deployment is observed, the mock plays what was pinned, and
`diff` shows nothing but data."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path
from typing import Final

import pytest
from tests.e2e.conftest import Start
from tests.support import children
from tests.support.processes import MockProcess, program, program_environment

from postfuze_contracts.checks import REGISTRY
from postfuze_mock import spec
from postfuze_mock.client import Mock
from postfuze_mock.client.fields import PageFields

KEY: Final = "sk_test_round"
CONFIGURATION: Final = f"""
[keys]
full = "{KEY}"
read_only = "sk_live_round_readonly"
revoked = "{KEY}_revoked"
expired = "{KEY}_expired"
other_organization = "sk_test_globex"

[sessions]
fresh = "file:fresh.txt"
expired = "file:expired.txt"
"""
PAGES: Final[list[PageFields]] = [
    {"id": f"page-{number}", "type": "page", "name": f"Page {number}", "username": None, "profilePictureUrl": None}
    for number in range(3)
]
#: What a run observes only where the data, the sessions or `exhaust_limits` show it.
BY_CHANCE: Final = frozenset(
    {
        "finalize.deleted-account",
        "health.near-expiry",
        "health.no-expiry",
        "health.recovery",
        "health.revoked-grant",
        "health.unreachable",
        "limits.unkeyed-finalize",
        "list.disabled",
        "metrics.refused-token",
        "metrics.series-raw",
        "metrics.snapshot-time",
        "pages.null",
    }
)
#: An alternative that keeps others from being observed; it has a set of its own.
ALONE: Final = "finalize.standing-account"
OBSERVED: Final = frozenset(id for check in REGISTRY for id in check.assumes) - BY_CHANCE
PLAYABLE: Final = {
    each.id: [choice for choice in each.choices if choice not in each.unplayed] for each in spec.assumptions()
}
SETS: Final = max(map(len, PLAYABLE.values()))


def choices(number: int) -> dict[str, str]:
    """A choice for each assumption that the mock plays in several ways. All alternatives occur in SETS sets and one."""
    several = {id: options for id, options in PLAYABLE.items() if len(options) > 1}
    if number == SETS:
        return {id: options[id == ALONE] for id, options in several.items()}
    return {id: options[number % len(options)] for id, options in several.items() if id != ALONE}


def contracts(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `postfuze-contracts ARGUMENTS` to completion."""
    command = [*program("postfuze-contracts"), *arguments]
    result = children.run(command, cwd=folder, env=program_environment(extra={"POSTFUZE_KEY": KEY}), limit=300.0)
    return subprocess.CompletedProcess(command, result.returncode, result.stdout.decode(), result.stderr.decode())


def observe(mock: MockProcess, folder: Path) -> dict[str, str]:
    """What a run with all keys and full access pins. Every second session offers the same pages, without usernames."""
    control = Mock(mock.url, key=KEY)
    sessions = [control.create_session("facebook", PAGES if number % 2 else 3) for number in range(60)]
    expired = control.create_session("facebook", 3, expires_in=0)
    (folder / "fresh.txt").write_text("\n".join(each["session_token"] for each in sessions))
    (folder / "expired.txt").write_text(expired["session_token"])
    (folder / "contracts.toml").write_text(CONFIGURATION)
    url = f"{mock.url}/api/v1"
    result = contracts("run", "--url", url, "--access", "full", "--pin", "assumptions.toml", folder=folder)
    assert result.returncode == 0, result.stdout
    pinned: dict[str, str] = tomllib.loads((folder / "assumptions.toml").read_text())["assume"]
    return pinned


@pytest.mark.slow
@pytest.mark.parametrize("number", range(SETS + 1))
def test_deployment_is_observed_played_and_does_not_differ(number: int, start: Start, tmp_path: Path) -> None:
    decided = choices(number)
    original = start(*(word for pair in decided.items() for word in ("--assume", "=".join(pair))))
    pinned = observe(original, tmp_path)
    assert {id: choice for id, choice in pinned.items() if decided.get(id, choice) != choice} == {}
    if number < SETS:
        assert {id: decided[id] for id in OBSERVED & decided.keys() - pinned.keys()} == {}
    else:
        assert ALONE in pinned

    replica = start("--assume-file", tmp_path / "assumptions.toml")
    result = contracts("diff", f"{original.url}/api/v1", f"{replica.url}/api/v1", folder=tmp_path)
    assert result.returncode == 0, result.stdout

    arguments = ("--url", f"{replica.url}/api/v1", "--assume-file", "assumptions.toml")
    result = contracts("run", *arguments, folder=tmp_path)
    assert result.returncode == 0, result.stdout
