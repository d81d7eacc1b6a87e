"""The samples of the reference page: each one is run, as a reader would who copies it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page
from tests.e2e.browser import Browser
from tests.support import children
from tests.support.processes import ROOT, environment
from tests.support.samples import WRITE, Case, operations, prepared
from tests.support.servers import LocalMock

from postfuze_mock.client.fields import Json

#: What shells, quotes and encodings could spoil.
ODD: Final = 'it\'s "$HOME" `id` \\n! é 🦊 &a=b#c'
DOCUMENTS: Final = {"api": "/openapi.json", "control": "/_mock/openapi.json"}
#: The clients of the control API have no method for it: senders of webhooks call it.
NOT_IN_CLIENTS: Final = "receiveWebhook"


class Samples:
    """Writes samples by the scripts of the page, and runs them against a mock."""

    def __init__(self, page: Page, mock: LocalMock) -> None:
        self.page = page
        self.mock = mock
        self.world = mock.client("demo")

    def text(self, page: str, operation: str, language: str, **values: Any) -> str:
        case = Case(page, operation, language, self.mock.url, values=values)
        text: str = self.page.evaluate(WRITE, case.argument("/docs/reference", DOCUMENTS[page]))
        return text

    def run(self, page: str, operation: str, language: str, **values: Any) -> str:
        """What the sample prints; AssertionError or the sample's own error if it fails."""
        text = self.text(page, operation, language, **{**prepared(self.world, operation), **values})
        return _by_shell(text) if language == "curl" else _by_python(text)

    def last_call(self) -> Json:
        return self.world.list_requests()[-1]


@pytest.fixture
def samples(browser: Browser) -> Iterator[Samples]:
    mock = LocalMock()
    with browser.page() as page:
        page.goto(f"{mock.url}/docs")
        yield Samples(page, mock)
    mock.stop()


def _by_shell(text: str) -> str:
    """The command as it is, but that it fails if the call does."""
    result = children.run(["sh", "-c", f"{text} --silent --show-error --fail-with-body"], cwd=ROOT, env=environment())
    assert result.returncode == 0, (text, result.stdout, result.stderr)
    return result.stdout.decode()


def _by_python(text: str) -> str:
    output = io.StringIO()
    with redirect_stdout(output):
        exec(compile(text, "the sample", "exec"), {})
    return output.getvalue()


@pytest.mark.parametrize("language", ["curl", "python"])
def test_samples_of_the_api_call_their_operations(samples: Samples, language: str) -> None:
    for operation in operations("api"):
        output = samples.run("api", operation, language)
        call = samples.last_call()

        assert (call["operation"], call["status"]) == (operation, 200), output
        assert language == "curl" or output.startswith("200 {")


@pytest.mark.parametrize("language", ["curl", "python"])
def test_samples_of_the_control_api_succeed(samples: Samples, language: str) -> None:
    for operation in operations("control"):
        if (operation, language) != (NOT_IN_CLIENTS, "python"):
            samples.run("control", operation, language)


@pytest.mark.parametrize("language", ["curl", "python"])
def test_typed_values_arrive_as_they_are(samples: Samples, language: str) -> None:
    samples.run("api", "listSocialAccounts", language, query={"username": ODD, "limit": "7"})
    listed = samples.last_call()
    samples.run("api", "createAuthUrl", language, path={"platform": "tiktok"}, body=json.dumps({"tenant_id": ODD}))
    started = samples.last_call()

    assert dict(parse_qsl(urlsplit(listed["path"]).query)) == {"username": ODD, "limit": "7"}
    assert started["path"].endswith("/social-networks/tiktok/auth-url")
    assert started["request"]["body"] == {"tenant_id": ODD}


def test_call_that_cannot_be_sent_is_none(samples: Samples) -> None:
    typed = {"path": {"id": ""}}

    assert samples.text("api", "getSocialAccount", "curl", **typed) == "# This cannot be sent: id has no value."
    assert samples.text("api", "listSocialAccounts", "typescript", query={"limit": "many"}) == (
        "// This cannot be sent: limit must be a number."
    )
    assert samples.text("control", NOT_IN_CLIENTS, "python").startswith("# This cannot be sent: senders of webhooks")


def test_verification_of_a_webhook_is_that_of_the_guide(samples: Samples) -> None:
    module = 'import("/docs/reference/samples/verification.js")'
    texts = samples.page.evaluate(f"{module}.then(({{verification}}) => verification.map(({{text}}) => text))")
    files = [ROOT / "examples" / name for name in ("verify_webhook.py", "verify_webhook.mjs")]

    assert texts == [Path(file).read_text(encoding="utf-8").strip() for file in files]
