"""`diff` reports the differences of two deployments."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.contracts.cli.commands import contracts
from tests.contracts.family.correct.deployed import lacking
from tests.contracts.family.mock import Deployment, Mock

from postfuze_contracts.diff.shapes import shape


@pytest.fixture(scope="module")
def other() -> Iterator[Deployment]:
    """A mock that decides two assumptions differently, and lacks an operation."""
    mock = Mock()
    lacking(mock, "getServiceHealth")
    assume = {"limit.above-range": "clamped", "metrics.open-bound": "omitted"}
    mock.settings = replace(mock.settings, assume=assume, strict_keys=False)
    with mock.served() as deployment:
        yield deployment


@pytest.mark.slow
def test_deployment_does_not_differ_from_itself(url: str, tmp_path: Path) -> None:
    result = contracts("diff", url, url, cwd=tmp_path, env={"POSTFUZE_KEY": "sk_test_same"})
    assert result.returncode == 0, result.stdout
    assert "0 differences" in result.stdout


def test_diff_names_every_kind_of_difference(url: str, other: Deployment, tmp_path: Path) -> None:
    env = {"KEY_A": "sk_test_same", "KEY_B": "sk_test_same"}
    keys = ("--key-env-a", "KEY_A", "--key-env-b", "KEY_B")
    result = contracts("diff", url, other.url, *keys, "--json", cwd=tmp_path, env=env)
    assert result.returncode == 1, result.stderr
    assert "fault" not in result.stderr
    differences = [tuple(each.values()) for each in json.loads(result.stdout)["differences"]]
    assert ("status", "list, limit 101", "400", "200") in differences
    assert ("nulls", "metrics, since alone: until", "null", "absent") in differences or any(
        kind == "shape" and where == "metrics, since alone: until" for kind, where, *_ in differences
    )
    assert ("assumption", "metrics.open-bound", "null-echo", "omitted") in differences
    assert ("data", "health of the service: not deployed", "200", "404") in differences


def test_other_data_is_told_and_not_counted(url: str, tmp_path: Path) -> None:
    with Mock(seed=7).served() as other:
        env = {"POSTFUZE_KEY": "sk_test_other-data"}
        result = contracts("diff", url, other.url, cwd=tmp_path, env=env)
    assert result.returncode == 0, result.stdout
    assert "\n0 differences" in result.stdout


def test_exit_code_3_if_one_deployment_refuses_its_key(url: str, tmp_path: Path) -> None:
    env = {"POSTFUZE_KEY": "sk_test_same", "KEY_B": "sk_test_same_revoked"}
    result = contracts("diff", url, url, "--key-env-b", "KEY_B", cwd=tmp_path, env=env)
    assert result.returncode == 3
    assert "refuses the API key" in result.stderr


def test_shape_maps_paths_to_types() -> None:
    body = {"data": [{"id": "a", "n": None}, {"id": "b", "n": 1.5}], "raw": {"x": {"y": 1}}}
    assert shape(body)["data[].n"] == {"null", "number"}
    assert shape(body)["raw"] == {"object"}
    assert "raw.x" not in shape(body)
