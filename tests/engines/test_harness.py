"""The contract harness passes on several processes, each of whose requests goes to another one, and their kills do not
change that."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest
from tests.engines.conftest import Share
from tests.support import children
from tests.support.cluster import Cluster
from tests.support.processes import program, program_environment

CONFIGURATION: Final = """
[keys]
full = "sk_test_{world}"
read_only = "sk_live_{world}_readonly"
revoked = "sk_test_{world}_revoked"
expired = "sk_test_{world}_expired"
other_organization = "sk_test_{world}-other"

[sessions]
fresh = "file:fresh.txt"
expired = "file:expired.txt"
"""
PROCESSES: Final = {"sqlite": 2, "postgresql": 3}


@pytest.fixture
def cluster(share: Share, request: pytest.FixtureRequest) -> Cluster:
    """As many processes as the engine is for."""
    (engine,) = {*PROCESSES} & {*request.node.callspec.params.values()}
    return share(PROCESSES[engine])


def judge(cluster: Cluster, world: str, folder: Path, profile: str = "quick") -> None:
    """Run the harness with all keys and full access against a world."""
    folder.mkdir()
    client = cluster.client(world)
    sessions = [client.create_session("facebook", 3) for _ in range(60)]
    expired = client.create_session("facebook", 3, expires_in=0)
    (folder / "fresh.txt").write_text("\n".join(each["session_token"] for each in sessions))
    (folder / "expired.txt").write_text(expired["session_token"])
    (folder / "contracts.toml").write_text(CONFIGURATION.format(world=world))
    arguments = ("run", "--url", f"{cluster.url}/api/v1", "--access", "full", "--profile", profile)
    command = [*program("postfuze-contracts"), *arguments]
    result = children.run(command, cwd=folder, env=program_environment(), limit=300.0)
    assert result.returncode == 0, result.stdout.decode() + result.stderr.decode()


@pytest.mark.slow
def test_harness_passes_before_between_and_after_kills(cluster: Cluster, tmp_path: Path) -> None:
    judge(cluster, "before", tmp_path / "before")
    for index in range(len(cluster.processes)):
        cluster.kill(index)
        cluster.restart(index)
        judge(cluster, f"between-{index}", tmp_path / f"between-{index}")
    judge(cluster, "before", tmp_path / "after")

    assert min(cluster.proxy.forwarded[url] for url in cluster.urls) > 100


@pytest.mark.process
def test_harnesses_pass_in_parallel(cluster: Cluster, tmp_path: Path) -> None:
    with ThreadPoolExecutor(3) as threads:
        runs = [threads.submit(judge, cluster, f"run-{number}", tmp_path / f"{number}") for number in range(3)]
    for run in runs:
        run.result()


@pytest.mark.slow
def test_harness_passes_in_full_depth(cluster: Cluster, tmp_path: Path) -> None:
    judge(cluster, "deep", tmp_path / "deep", profile="deep")
