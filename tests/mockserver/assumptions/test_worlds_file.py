"""Assumptions are decided on the command line, in a world file, or for one world of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.mockserver.conftest import Serve
from tests.support.servers import RunningMock

FILE = """\
generate: {x: 3}
assume:
  limit.above-range: clamped
  finalize.unknown-page: 404 # a number to YAML
worlds:
  other:
    assume: {metrics.open-bound: omitted}
  back:
    assume: {limit.above-range: refused}
"""


@pytest.fixture(scope="module")
def served(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> RunningMock:
    file: Path = tmp_path_factory.mktemp("assume") / "world.yaml"
    file.write_text(FILE, encoding="utf-8")
    return serve("--world", file)


@pytest.mark.assumption("limit.above-range", "clamped")
@pytest.mark.assumption("finalize.unknown-page", "404")
def test_file_decides_for_every_world(served: RunningMock, name: str) -> None:
    world = served.world(name)

    assert len(world.page(limit=1000)["data"]) == 3
    assert world.finalize_response(world.session()["session_token"], "999").status_code == 404


@pytest.mark.assumption("metrics.open-bound", "omitted")
def test_entry_of_a_world_adds_decisions(served: RunningMock) -> None:
    world = served.world("other")
    world.reset()

    assert "until" not in world.metrics(world.make()["id"], since=0)
    assert len(world.page(limit=1000)["data"]) == 4


@pytest.mark.assumption("limit.above-range", "refused")
def test_entry_of_a_world_overrides_decisions(served: RunningMock) -> None:
    assert served.world("back").list_response("limit=1000").status_code == 400


def test_file_does_not_decide_for_demo(served: RunningMock) -> None:
    assert served.world("demo").list_response("limit=1000").status_code == 400


def test_command_line_decides_for_demo_too(serve: Serve) -> None:
    demo = serve("--assume", "keys.modes=separate", "--assume", "limit.above-range=clamped").world("demo")

    assert demo.list_response("limit=1000").status_code == 200


def test_decisions_are_part_of_the_state_of_a_world(served: RunningMock, name: str) -> None:
    world, elsewhere = served.world("other"), served.world(name)
    elsewhere.control("PUT", "/state", world.state())

    assert elsewhere.state()["assume"] == {
        "finalize.unknown-page": "404",
        "limit.above-range": "clamped",
        "metrics.open-bound": "omitted",
    }
    assert "until" not in elsewhere.metrics(elsewhere.page()["data"][0]["id"], since=0)


def test_reset_preserves_the_decisions_of_the_world(served: RunningMock) -> None:
    world = served.world("other")
    world.reset()

    assert "until" not in world.metrics(world.page()["data"][0]["id"], since=0)
