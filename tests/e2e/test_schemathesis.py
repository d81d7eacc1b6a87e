"""Plain Schemathesis, with all its checks and phases, finds nothing."""

from __future__ import annotations

import json
import os
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from tests.support import children
from tests.support.processes import ROOT, MockProcess

from postfuze_mock.client import Mock

CONFIG: Final = ROOT / "schemathesis.toml"
SPECIFICATION: Final = ROOT / "openapi.yaml"
PHASES: Final = {"examples", "coverage", "fuzzing", "stateful"}
FINALIZE: Final = "POST /social-accounts/pending/{sessionToken}/finalize"
DEMO: Final = "Authorization: Bearer sk_test_demo"
ACME, GLOBEX = "sk_test_acme", "sk_test_globex"
EFFORT = pytest.mark.parametrize("examples", [50, pytest.param(1000, marks=pytest.mark.slow)])


@dataclass
class Run:
    """`st run` in a fresh folder, so that the tool finds nothing of an earlier run."""

    folder: Path
    mock: MockProcess
    more: str = ""
    header: str | None = None
    options: tuple[str, ...] = ()
    seed: int = 1
    report: dict[str, Any] = field(default_factory=dict)

    def go(self, examples: int) -> None:
        """Run it; AssertionError with its output if it fails."""
        config = self.folder / "schemathesis.toml"
        config.write_text(CONFIG.read_text(encoding="utf-8") + self.more, encoding="utf-8")
        header = ["--header", self.header] if self.header else []
        result = children.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "--config-file", config.name, "--no-color"),
                *("run", str(SPECIFICATION), "--url", f"{self.mock.url}/api/v1", *header),
                *("--max-examples", str(examples), "--seed", str(self.seed), "--generation-database", "none"),
                *("--continue-on-failure", "--report", "json", "--report-json-path", "report.json", *self.options),
            ],
            cwd=self.folder,
            env=os.environ,
            limit=600,
        )
        assert result.returncode == 0, (result.stdout[-8000:] + result.stderr[-2000:]).decode()
        self.report = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))

    def accepted(self) -> dict[str, int]:
        """The number of successful requests by operation."""
        return {
            operation: sum(phase["accepted"] for phase in phases.values())
            for operation, phases in self.report["valid_rates"].items()
        }


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockProcess]:
    process = MockProcess("--validate-responses", folder=tmp_path_factory.mktemp("mock"))
    yield process
    process.stop()


def test_config_turns_off_one_check_for_four_operations_another_for_one_and_nothing_else() -> None:
    assert tomllib.loads(CONFIG.read_text(encoding="utf-8")) == {
        "operations": [
            {
                "include-operation-id": [
                    "listSocialAccounts",
                    "getSocialAccountMetrics",
                    "createAuthUrl",
                    "finalizeConnection",
                ],
                "checks": {"positive_data_acceptance": {"enabled": False}},
            },
            {
                "include-operation-id": "createAuthUrl",
                "checks": {"negative_data_rejection": {"enabled": False}},
            },
        ]
    }


@EFFORT
def test_all_checks_and_phases_find_nothing(mock: MockProcess, examples: int, tmp_path: Path) -> None:
    mock.client("demo").reset()
    run = Run(tmp_path, mock, header=DEMO)
    run.go(examples)

    assert (run.report["exit_code"], run.report["complete"]) == (0, True)
    assert {name: phase["status"] for name, phase in run.report["phases"].items()} == dict.fromkeys(PHASES, "success")
    assert run.report["operations"]["tested"] == run.report["operations"]["total"] == 9
    assert run.report["failures"] == run.report["errors"] == []
    assert "Traceback" not in mock.stderr


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_no_seed_finds_anything(mock: MockProcess, seed: int, tmp_path: Path) -> None:
    mock.client("demo").reset()
    run = Run(tmp_path, mock, header=DEMO, seed=seed)
    run.go(50)

    assert run.report["failures"] == run.report["errors"] == []


def test_open_session_may_refuse_pages_that_it_does_not_offer(mock: MockProcess, tmp_path: Path) -> None:
    """Without the earlier phases, which consume the session of the example."""
    mock.client("demo").reset()
    only = ("--phases", "coverage", "--include-operation-id", "finalizeConnection")
    run = Run(tmp_path, mock, header=DEMO, options=only)
    run.go(50)

    assert run.report["failures"] == run.report["errors"] == []


def test_links_of_an_empty_page_lead_nowhere(mock: MockProcess, tmp_path: Path) -> None:
    mock.client("bare").reset(world="empty")
    run = Run(tmp_path, mock, header="Authorization: Bearer sk_test_bare", options=("--phases", "stateful"))
    run.go(50)

    assert run.report["failures"] == run.report["errors"] == []


@EFFORT
def test_two_organizations_cannot_read_each_others_data(mock: MockProcess, examples: int, tmp_path: Path) -> None:
    users = [
        {"name": key, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {key}"}]} for key in (ACME, GLOBEX)
    ]
    (tmp_path / "users.json").write_text(json.dumps({"auth": users}), encoding="utf-8")
    control = Mock(mock.url, ACME)
    control.reset()
    session = control.create_session("facebook", 2, expires_in=86_400)
    run = Run(tmp_path, mock, more=_two_users(session["session_token"]))
    run.go(examples)

    assert run.report["failures"] == run.report["errors"] == []
    # An operation with nothing but refusals proves nothing; the pages of a session are hard to guess.
    assert {name for name, count in run.accepted().items() if not count} <= {FINALIZE}


def _two_users(token: str) -> str:
    """Additional configuration: two organizations, and a session whose pages can be listed."""
    return f"""
[[operations]]
include-operation-id = "listPendingPages"
parameters = {{ "path.sessionToken" = "{token}" }}

[auth.wfc]
path = "users.json"
user = "{ACME}"
peers = ["{ACME}", "{GLOBEX}"]
"""
