"""The steps of the GitHub Action, run in a shell."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.support.processes import ROOT, environment

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
CHECK = next(step for step in STEPS if step.get("id") == "check")


def run(folder: Path, command: str, env: dict[str, str], **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the step as GitHub does, with `command` as `postfuze-contracts`."""
    program = folder / "bin" / "postfuze-contracts"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{command}\n")
    program.chmod(0o755)
    values = {name: "" if default is None else str(default) for name, default in defaults().items()} | inputs
    step = {name: values[value.removeprefix("${{ inputs.").removesuffix(" }}")] for name, value in CHECK["env"].items()}
    files = {"GITHUB_OUTPUT": str(folder / "output"), "GITHUB_STEP_SUMMARY": str(folder / "summary")}
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", CHECK["run"]],
        cwd=folder,
        env=environment(extra={**step, **files, **env, "PATH": path}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def defaults() -> dict[str, Any]:
    return {name: each["default"] for name, each in ACTION["inputs"].items()}


def test_action_is_composite_and_interpolates_no_input_into_scripts() -> None:
    assert ACTION["runs"]["using"] == "composite"
    scripts = [step["run"] for step in STEPS if "run" in step]
    assert not any("${{" in script for script in scripts)
    assert all(step["shell"] == "bash" for step in STEPS if "run" in step)


def test_every_input_is_used_and_described() -> None:
    text = yaml.dump(ACTION["runs"])
    assert all(f"inputs.{name} " in text for name in ACTION["inputs"])
    assert all(each["description"] for each in ACTION["inputs"].values())


@pytest.mark.parametrize(
    ("package", "requirement"), [("", "/actions/mock/v1[contracts]"), ("postfuze-mock[contracts]==1.2.3",) * 2]
)
def test_action_installs_the_harness_of_its_own_ref(package: str, requirement: str, tmp_path: Path) -> None:
    install = next(step for step in STEPS if step.get("name") == "Install")
    assert install["env"] == {"ACTION_PATH": "${{ github.action_path }}", "PACKAGE": "${{ inputs.package }}"}
    program = tmp_path / "python"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > arguments\n')
    program.chmod(0o755)
    variables = {
        "PACKAGE": package,
        "ACTION_PATH": "/actions/mock/v1",
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
    }
    subprocess.run(["bash", "-eo", "pipefail", "-c", install["run"]], cwd=tmp_path, env=variables, check=True)
    arguments = (tmp_path / "arguments").read_text().splitlines()
    assert arguments[:3] == ["-m", "pip", "install"]
    assert arguments[-1] == requirement


def test_inputs_become_flags_whatever_they_contain(tmp_path: Path) -> None:
    hostile = "http://a/$(touch ran) `touch ran`; touch ran"
    inputs = {
        "url": hostile,
        "key-env": "MINE",
        "junit": "a b.xml",
        "strict": "true",
        "require": "all",
        "site": "https://a",
    }
    process = run(tmp_path, 'printf "%s\\n" "$@" > arguments', {}, **inputs)
    assert process.returncode == 0, process.stderr
    arguments = (tmp_path / "arguments").read_text().splitlines()
    assert arguments[0] == "run"
    pairs = {arguments[i]: arguments[i + 1] for i in range(len(arguments) - 1)}
    assert pairs["--url"] == hostile
    assert (pairs["--key-env"], pairs["--profile"], pairs["--require"]) == ("MINE", "ci", "all")
    assert pairs["--site"] == "https://a"
    assert "junit=a b.xml" in arguments
    assert "--strict" in arguments
    assert "--config" not in arguments
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 5])
def test_exit_code_is_that_of_the_command_and_the_summary_is_never_empty(code: int, tmp_path: Path) -> None:
    process = run(tmp_path, f"exit {code}", {})
    assert process.returncode == code
    assert (tmp_path / "output").read_text() == f"exit-code={code}\n"
    assert f"exit code {code}" in (tmp_path / "summary").read_text()


@pytest.mark.process
def test_action_checks_a_real_deployment(url: str, tmp_path: Path) -> None:
    real = f'exec {shlex.quote(sys.executable)} -m postfuze_contracts "$@"'
    inputs = {"url": url, "profile": "quick", "only": "health.unknown", "junit": "contracts.xml"}
    process = run(tmp_path, real, {"POSTFUZE_KEY": "sk_test_action"}, **inputs)
    assert process.returncode == 0, process.stderr
    assert "PASS, 1 of 1" in (tmp_path / "summary").read_text()
    assert (tmp_path / "contracts.xml").read_text().startswith("<?xml")
