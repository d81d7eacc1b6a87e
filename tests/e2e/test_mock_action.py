"""The GitHub actions that start the mock and keep its journal: their steps, run in a shell as GitHub runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from tests.support import children
from tests.support.calls import Caller
from tests.support.processes import ROOT, environment
from tests.support.times import seconds

ACTIONS: Final = {
    path.parent.relative_to(ROOT).as_posix(): yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in (ROOT / "action.yml", ROOT / "mock/action.yml", ROOT / "mock/journal/action.yml")
}


class Job:
    """A job in `folder`, in which the mock is installed, as the step Install leaves it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "postfuze-mock"
        (self.home / "bin").mkdir(parents=True)
        for name, runs in {"python": "", "postfuze-mock": "-m postfuze_mock "}.items():
            program = self.home / "bin" / name
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {runs}"$@"\n')
            program.chmod(0o755)
        self.children: list[subprocess.Popen[bytes]] = []
        self.files = {name: folder / name for name in ("GITHUB_ENV", "GITHUB_OUTPUT")}

    def run(
        self, action: str, step: str, inputs: Mapping[str, str] | None = None, env: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """Run a step; returns its exit code and what it printed."""
        document = ACTIONS[action]
        found = next(each for each in document["runs"]["steps"] if each.get("name") == step)
        values = {name: each["default"] for name, each in document["inputs"].items()} | dict(inputs or {})
        known = {f"${{{{ inputs.{name} }}}}": value for name, value in values.items()}
        variables = {name: known.get(value, value) for name, value in found.get("env", {}).items()}
        files = {name: str(path) for name, path in self.files.items()}
        with (self.folder / "printed").open("w+b") as printed:
            child = children.start(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", found["run"]],
                cwd=self.folder,
                env=environment(extra={"RUNNER_TEMP": str(self.folder), **files, **variables, **(env or {})}),
                stdout=printed,
                stderr=printed,
            )
            self.children.append(child)
            code = child.wait(seconds(60))
            printed.seek(0)
            return code, printed.read().decode()

    def exported(self, name: str) -> dict[str, str]:
        """What a step wrote to a file of the runner's."""
        return dict(line.split("=", 1) for line in self.files[name].read_text().splitlines())

    def end(self) -> None:
        """End what the steps left running, as the runner does."""
        for child in self.children:
            children.end(child)


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    job = Job(tmp_path)
    yield job
    job.end()


@pytest.mark.process(quick=True)
@pytest.mark.parametrize("name", ACTIONS)
def test_action_is_composite_and_interpolates_nothing_into_scripts(name: str) -> None:
    action = ACTIONS[name]
    steps: list[dict[str, Any]] = action["runs"]["steps"]
    scripts = [step for step in steps if "run" in step]

    assert action["runs"]["using"] == "composite"
    assert scripts
    assert all("${{" not in step["run"] and step["shell"] == "bash" for step in scripts)
    assert all(each["description"] for each in (*action["inputs"].values(), *action.get("outputs", {}).values()))
    assert all(f"inputs.{each} " in yaml.dump(action["runs"]) for each in action["inputs"])


def test_mock_is_ready_when_the_step_ends(job: Job) -> None:
    code, printed = job.run("mock", "Start", {"key": "sk_test_acme_readonly"})
    assert code == 0, printed
    variables, outputs = job.exported("GITHUB_ENV"), job.exported("GITHUB_OUTPUT")

    origin = variables["POSTFUZE_ORIGIN"]
    assert variables == {
        "POSTFUZE_URL": f"{origin}/api/v1",
        "POSTFUZE_ORIGIN": origin,
        "POSTFUZE_KEY": "sk_test_acme_readonly",
        "POSTFUZE_WEBHOOK_INBOX": f"{origin}/_mock/inbox/acme",
    }
    assert list(outputs.values()) == list(variables.values())
    assert set(outputs) == set(ACTIONS["mock"]["outputs"])
    caller = Caller(origin, variables["POSTFUZE_KEY"])
    assert caller.get("/social-accounts").status == 200
    caller.close()


def test_settings_come_from_the_environment(job: Job) -> None:
    code, printed = job.run("mock", "Start", env={"POSTFUZE_MOCK_SEED": "7"})
    assert code == 0, printed
    caller = Caller(job.exported("GITHUB_ENV")["POSTFUZE_ORIGIN"], None)

    assert caller.call("GET", "/_mock/health").json["seed"] == 7
    caller.close()


def test_mock_that_does_not_start_says_why(job: Job) -> None:
    code, printed = job.run("mock", "Start", env={"POSTFUZE_MOCK_WORLD": "missing.yaml"})

    assert code == 1
    assert "missing.yaml" in printed
    assert not job.files["GITHUB_ENV"].exists()


@pytest.mark.parametrize("inputs", [{"key": "secret"}, {"key": "$(touch ran)"}, {"port": "; touch ran"}])
def test_invalid_input_starts_nothing(inputs: dict[str, str], job: Job) -> None:
    code, printed = job.run("mock", "Start", inputs)

    assert code != 0
    assert "Traceback" not in printed
    assert not (job.folder / "ran").exists()
    assert not job.files["GITHUB_ENV"].exists()


def test_journal_of_all_worlds_is_kept(job: Job) -> None:
    assert job.run("mock", "Start")[0] == 0
    variables = job.exported("GITHUB_ENV")
    for key in ("sk_test_one", "sk_test_two"):
        caller = Caller(variables["POSTFUZE_ORIGIN"], key)
        caller.get("/social-accounts/none")
        caller.close()
    code, printed = job.run("mock/journal", "Read the journal", env=variables)
    assert code == 0, printed
    entries = json.loads((job.home / "journal" / "journal.json").read_text())

    assert {entry["world"] for entry in entries if entry["path"].endswith("/none")} == {"one", "two"}
    assert (job.home / "journal" / "mock.log").stat().st_size > 0


def test_job_without_a_mock_has_no_journal(job: Job) -> None:
    code, printed = job.run("mock/journal", "Read the journal")

    assert code == 0
    assert "no journal" in printed


@pytest.mark.parametrize(("package", "requirement"), [("", "/action/mock/.."), ("postfuze-mock==1.2.3",) * 2])
def test_mock_of_the_actions_own_ref_is_installed_apart_from_the_job(
    package: str, requirement: str, job: Job, tmp_path: Path
) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > made\n')
    pip = job.home / "bin" / "python"
    pip.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > installed\n')
    for program in (python, pip):
        program.chmod(0o755)
    env = {"PYTHON": str(python), "ACTION_PATH": "/action/mock", "PATH": os.environ["PATH"]}
    code, printed = job.run("mock", "Install", {"package": package}, env)

    assert code == 0, printed
    assert (tmp_path / "made").read_text().splitlines() == ["-m", "venv", str(job.home)]
    assert (tmp_path / "installed").read_text().splitlines()[-1] == requirement
