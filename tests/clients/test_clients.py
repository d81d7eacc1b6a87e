"""Generated clients: generated and compiled without a complaint, and run against the mock over all operations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.clients.table import CLIENTS, Client
from tests.clients.workspace import Workspace, section
from tests.docs.examples import examples
from tests.support.servers import LocalMock

from postfuze_mock import spec

COMPLAINT: Final = re.compile(r"\b(warn(ing)?|error)\b", re.IGNORECASE)
KEY: Final = "sk_live_demo"
each_client = pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)


@pytest.fixture(scope="module")
def mock() -> Iterator[LocalMock]:
    mock = LocalMock()
    yield mock
    mock.stop()


@each_client
def test_guide_has_the_line(client: Client) -> None:
    lines = [re.sub(r" \\\n\s+", " ", example.command) for example in examples(section(client.name))]

    assert lines == [client.generate]


@pytest.mark.clients
@each_client
def test_client_is_generated_without_a_complaint_and_calls_every_operation(
    client: Client, mock: LocalMock, tmp_path: Path
) -> None:
    workspace = Workspace(client, tmp_path)
    world = mock.client("demo")
    world.reset()
    world.create_account(platform="facebook", username="silent", behaviour={"platform": "unreachable", "snapshots": 0})
    env = {"POSTFUZE_URL": f"{mock.url}/api/v1", "POSTFUZE_KEY": KEY}

    complaints = [line for line in workspace.run(client.generate).splitlines() if COMPLAINT.search(line)]
    findings = workspace.run(client.check)
    output = {name.lower(): workspace.run(client.run.format(name), env) for name in workspace.programs()}
    journal = world.list_requests()

    assert complaints == []
    assert findings == ""
    assert output == {"operations": "", "usernames": "acme\n"}
    assert {call["operation"] for call in journal if call["status"] == 200} == set(spec.operations())
    assert [call["status"] for call in journal if call["status"] != 200] == [404]  # the deleted account
