"""The documented way to verify a delivery accepts what the mock sends, and nothing that was changed or is old."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import runpy
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeAlias

import pytest
from tests.mockserver.webhooks.hooked import disconnect_one, secret
from tests.mockserver.webhooks.receiver import receiving
from tests.support.processes import ROOT, MockProcess
from tests.support.times import PATIENCE

from postfuze_mock import webhooks

FILES: Final = ("examples/verify_webhook.py", "examples/verify_webhook.mjs")
_NODE: Final = """
import { readFileSync } from "node:fs";
const { verified } = await import(process.argv[1]);
const cases = JSON.parse(readFileSync(0, "utf-8"));
console.log(JSON.stringify(cases.map(([body, ...rest]) => verified(Buffer.from(body, "base64"), ...rest))));
"""


class Case(NamedTuple):
    """The data that a receiver has."""

    body: bytes
    header: str
    secret: str


Verify: TypeAlias = Callable[[list[Case]], list[bool]]


@pytest.fixture(scope="module")
def delivered(mock: MockProcess) -> Case:
    """A received delivery."""
    world = mock.world("verified")
    with receiving() as receiver:
        signing_secret = secret(world, receiver.url)
        disconnect_one(world, display_name="Zoë 🦊")
        (delivery,) = receiver.wait_for(1)
    return Case(delivery.body, delivery.headers["x-postfuze-signature"], signing_secret)


@pytest.fixture(params=["package", "python", "node"])
def verify(request: pytest.FixtureRequest) -> Iterator[Verify]:
    if request.param == "package":
        yield lambda cases: [by_package(case) for case in cases]
        return
    if request.param == "python":
        verified = runpy.run_path(str(ROOT / FILES[0]))["verified"]
        yield lambda cases: [verified(*case) for case in cases]
        return
    node = shutil.which("node", path=os.pathsep.join((os.environ["PATH"], str(ROOT / ".venv" / "bin"))))
    if node is None:
        complain = pytest.fail if os.environ.get("CI") else pytest.skip
        complain("there is no Node to run the example with")
    yield lambda cases: by_node(node, cases)


def by_package(case: Case) -> bool:
    try:
        event = webhooks.verify(*case)
    except webhooks.SignatureError:
        return False
    return bool(event == json.loads(case.body))


def by_node(node: str, cases: list[Case]) -> list[bool]:
    data = json.dumps([[base64.b64encode(body).decode(), *rest] for body, *rest in cases])
    result = subprocess.run(
        [node, "--input-type=module", "--eval", _NODE, "--", str(ROOT / FILES[1])],
        input=data,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    responses: list[bool] = json.loads(result.stdout)
    return responses


def signed(case: Case, at: str) -> Case:
    """The case, signed at another time."""
    digest = hmac.new(case.secret.encode(), f"{at}.".encode() + case.body, hashlib.sha256).hexdigest()
    return case._replace(header=f"t={at},v1={digest}")


def test_unchanged_delivery_is_accepted(verify: Verify, delivered: Case) -> None:
    assert verify([delivered, signed(delivered, str(int(time.time()) - 200))]) == [True, True]


def test_changed_delivery_is_refused(verify: Verify, delivered: Case) -> None:
    at, digest = delivered.header.removeprefix("t=").split(",v1=")
    wrong = [
        delivered._replace(body=delivered.body.replace(b"disconnected", b"connected")),
        delivered._replace(body=delivered.body + b"\n"),
        delivered._replace(secret=delivered.secret.removeprefix("whsec_")),
        delivered._replace(header=f"t={int(at) + 1},v1={digest}"),
        delivered._replace(header=f"t={at},v1={digest[::-1]}"),
        delivered._replace(header=f"t={at},v1={digest[:-2]}"),
        delivered._replace(header=f"t={at},v1="),
        delivered._replace(header=f"t={at}"),
        delivered._replace(header=f"v1={digest}"),
        delivered._replace(header=f"t={at},v1=ä"),
        delivered._replace(header=""),
    ]

    assert verify(wrong) == [False] * len(wrong)


def test_old_or_future_delivery_is_refused(verify: Verify, delivered: Case) -> None:
    now = int(time.time())

    assert verify([signed(delivered, str(now - 400)), signed(delivered, str(now + 400))]) == [False, False]
