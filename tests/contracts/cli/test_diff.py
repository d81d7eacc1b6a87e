"""`diff` tells where two deployments differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contracts.cli.processes import contracts
from tests.e2e.calls import API
from tests.e2e.mock_process import MockProcess

from postfuze_contracts.diff import shape


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockProcess]:
    """A mock that decided two assumptions otherwise."""
    assumed = ("--assume", "limit.out-of-range=clamped", "--assume", "metrics.open-bound=omitted")
    process = MockProcess(*assumed, folder=tmp_path_factory.mktemp("other"))
    yield process
    process.stop()


def test_a_deployment_does_not_differ_from_itself(url: str, tmp_path: Path) -> None:
    ended = contracts("diff", url, url, cwd=tmp_path, env={"POSTFUZE_KEY": "sk_test_same"})
    assert ended.returncode == 0, ended.stdout
    assert "0 differences" in ended.stdout


def test_it_names_status_shape_and_assumption(url: str, other: MockProcess, tmp_path: Path) -> None:
    env = {"KEY_A": "sk_test_same", "KEY_B": "sk_test_same"}
    keys = ("--key-env-a", "KEY_A", "--key-env-b", "KEY_B")
    ended = contracts("diff", url, f"{other.url}{API}", *keys, "--json", cwd=tmp_path, env=env)
    assert ended.returncode == 1, ended.stderr
    found = [tuple(each.values()) for each in json.loads(ended.stdout)["differences"]]
    assert ("status", "list, limit 101", "400", "200") in found
    assert ("nulls", "metrics, since alone: until", "null", "absent") in found or any(
        kind == "shape" and where == "metrics, since alone: until" for kind, where, *_ in found
    )
    assert ("assumption", "metrics.open-bound", "null-echo", "omitted") in found


def test_3_where_one_of_them_refuses_its_key(url: str, tmp_path: Path) -> None:
    env = {"POSTFUZE_KEY": "sk_test_same", "KEY_B": "sk_test_same_revoked"}
    ended = contracts("diff", url, url, "--key-env-b", "KEY_B", cwd=tmp_path, env=env)
    assert ended.returncode == 3
    assert "refuses the API key" in ended.stderr


def test_a_shape_is_the_types_by_path() -> None:
    body = {"data": [{"id": "a", "n": None}, {"id": "b", "n": 1.5}], "raw": {"x": {"y": 1}}}
    assert shape(body)["data[].n"] == {"null", "number"}
    assert shape(body)["raw"] == {"object"}
    assert "raw.x" not in shape(body)
