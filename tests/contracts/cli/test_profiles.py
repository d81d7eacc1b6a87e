"""What a profile costs, and that a run says so before it starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contracts.cli.commands import contracts
from tests.contracts.family.mock import Mock

from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.checks.smoke import NAMES, smoke
from postfuze_contracts.cli.cost import ABOUT
from postfuze_contracts.engine.registry import Check
from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.options import Access
from postfuze_mock import spec

LIMITS = {"methods" in each: each["limit"] for each in spec.load()["x-rate-limits"]}


def finished(access: Access, one_key: bool, checks: list[Check], mock: Mock) -> RunFinished:
    with mock.served() as deployment:
        return deployment.run(deployment.options(access, one_key=one_key), checks)


def test_checks_of_smoke_exist() -> None:
    assert {check.name for check in REGISTRY} >= NAMES


@pytest.mark.parametrize("one_key", [True, False])
@pytest.mark.parametrize("access", list(Access))
def test_smoke_takes_less_than_200_requests_and_no_wait_for_a_limit(access: Access, one_key: bool, mock: Mock) -> None:
    result = finished(access, one_key, smoke(REGISTRY), mock)
    assert result.requests < 200
    assert result.writes <= LIMITS[True]
    assert not any(verdict.failures for verdict in result.verdicts)
    assert sum(verdict.judged > 0 for verdict in result.verdicts) > 15


@pytest.mark.slow
@pytest.mark.parametrize("one_key", [True, False])
@pytest.mark.parametrize("access", list(Access))
@pytest.mark.parametrize("profile", list(ABOUT))
def test_cost_that_is_announced_is_about_right(profile: str, access: Access, one_key: bool, mock: Mock) -> None:
    result = finished(access, one_key, smoke(REGISTRY) if profile == "smoke" else list(REGISTRY), mock)
    requests, writes = ABOUT[profile][access][not one_key]
    assert 0.75 * requests < result.requests < 1.25 * requests
    assert 0.75 * writes < result.writes < 1.25 * writes


def test_run_says_what_it_costs_before_it_starts(url: str, tmp_path: Path) -> None:
    result = contracts("run", "--url", url, "--profile", "smoke", cwd=tmp_path, env={"POSTFUZE_KEY": "sk_test_smoke"})
    assert result.returncode == 0, result.stdout
    assert result.stderr == ("postfuze-contracts: smoke with access passive takes about 120 requests, under a minute\n")
    assert "profile smoke, seed 1" in result.stdout
    assert "if none did, run with a larger --profile" in " ".join(result.stdout.split())  # no statement failed


def test_target_that_cannot_be_judged_is_told_no_cost(tmp_path: Path) -> None:
    result = contracts("run", "--url", "http://127.0.0.1:9", cwd=tmp_path, env={"POSTFUZE_KEY": "k"})
    assert result.returncode == 3
    assert "takes about" not in result.stderr


def test_smoke_requires_only_what_it_judges(url: str, tmp_path: Path) -> None:
    arguments = ("--profile", "smoke", "--require", "all")
    result = contracts("run", "--url", url, *arguments, cwd=tmp_path, env={"POSTFUZE_KEY": "sk_test_smoke-all"})
    assert result.returncode == 4
    assert "connect.once" in result.stderr
    assert "not asked for" not in result.stderr
