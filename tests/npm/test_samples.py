"""The samples of the control API's reference page for Node: each one is run, with the package that is installed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.npm.conftest import run
from tests.support.samples import Case, node_program, operations, prepared
from tests.support.servers import LocalMock

pytestmark = pytest.mark.packaging

#: What senders of webhooks call; the package has no method for it.
NOT_IN_CLIENTS = "receiveWebhook"


@pytest.fixture
def mock() -> Iterator[LocalMock]:
    mock = LocalMock()
    yield mock
    mock.stop()


def test_samples_of_the_control_api_succeed(installed: Path, mock: LocalMock) -> None:
    world = mock.client("demo")
    # Ids follow from the seed, so what is prepared for the text is there again when it is run.
    cases = {
        id: Case("control", id, "node", mock.url, values=prepared(world, id))
        for id in operations("control")
        if id != NOT_IN_CLIENTS
    }
    program = installed / "write.mjs"
    program.write_text(node_program(cases), encoding="utf-8")
    for id, text in json.loads(run("node", program, cwd=installed)).items():
        prepared(world, id)
        (installed / f"{id}.mjs").write_text(text, encoding="utf-8")
        run("node", f"{id}.mjs", cwd=installed)
