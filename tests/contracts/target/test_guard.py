"""The effects in openapi.yaml decide which requests may be sent; operations without one are read-only."""

from __future__ import annotations

import copy
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest

from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.checks.generated import operations
from postfuze_contracts.engine import documented
from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.operations import MISSING_ID, MISSING_SESSION
from postfuze_contracts.model.options import Access, Keys, Options, Secret
from postfuze_contracts.run import run
from postfuze_contracts.target.client import Client
from postfuze_contracts.target.deployed import UNKNOWN_PATH
from postfuze_contracts.target.guard import Guard, NotAllowed
from postfuze_contracts.target.target import Target
from postfuze_mock import spec

ACCOUNT = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
OWN, OWN_SESSION = "0b0b0b0b-0000-4a9f-9b1c-2e7d6f0a1234", "own-session"
ID = [{"$ref": "#/components/parameters/AccountId"}]
BODY = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
#: Additional operations by path and method.
ADDED: dict[tuple[str, str], dict[str, str]] = {
    ("/social-accounts/{id}", "patch"): {},
    ("/social-accounts/{id}/archive", "post"): {"x-effect": "harmless"},
    ("/social-accounts/{id}", "put"): {"x-effect": "write", "x-effect-target": "id"},
    ("/social-accounts/{id}/tags", "put"): {
        "x-effect": "write",
        "x-effect-target": "id",
        "x-effect-missing": "get.unknown",
    },
    ("/social-accounts/{id}/owner", "put"): {"x-effect": "write", "x-effect-target": "tenant"},
    ("/social-accounts/{id}/refresh", "post"): {
        "x-effect": "probe",
        "x-effect-target": "id",
        "x-effect-missing": "get.unknown",
    },
    ("/social-accounts/{id}/wake", "post"): {"x-effect": "probe"},
    ("/social-accounts/{id}/posts", "get"): {"x-effect": "read"},
    ("/social-accounts", "post"): {"x-effect": "write", "x-effect-target": "none"},
    ("/imports", "post"): {},
}
FULL_ONLY = {
    ("PUT", f"/social-accounts/{MISSING_ID}"),
    ("PATCH", f"/social-accounts/{MISSING_ID}"),
    ("POST", f"/social-accounts/{MISSING_ID}/archive"),
    ("PUT", f"/social-accounts/{MISSING_ID}/owner"),
    ("POST", f"/social-accounts/{MISSING_ID}/wake"),
    ("POST", "/social-accounts"),
}
PROBE = re.compile(r"/social-accounts/[^/]+/refresh")
AT_NOTHING = {
    ("PUT", f"/social-accounts/{MISSING_ID}/tags"),
    ("DELETE", f"/social-accounts/{MISSING_ID}"),
    ("POST", f"/social-accounts/pending/{MISSING_SESSION}/finalize"),
}


@pytest.fixture
def extended(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """openapi.yaml with the operations of ADDED."""
    document = copy.deepcopy(spec.load())
    for (path, method), effect in ADDED.items():
        parts = [part for part in path.split("/") if part and not part.startswith("{")]
        operation: dict[str, Any] = {"operationId": f"{method}{''.join(map(str.title, parts))}", **effect}
        operation |= {"responses": {"default": {"description": "Any."}}}
        operation |= {"parameters": ID} if "{id}" in path else {}
        operation |= {} if method == "get" else {"requestBody": BODY}
        document["paths"].setdefault(path, {})[method] = operation
    monkeypatch.setattr(spec, "load", lambda: document)
    documented.schema.cache_clear()
    yield
    documented.schema.cache_clear()


class Recorder(BaseHTTPRequestHandler):
    """Lists one account, responds with 404 otherwise, and records each method and path."""

    requests: list[tuple[str, str]]
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # one packet per response, so that it does not wait for an acknowledgement

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.requests.append((self.command, self.path.partition("?")[0]))
        is_list = self.requests[-1] == ("GET", "/social-accounts")
        body = json.dumps({"data": [{"id": ACCOUNT}], "next_cursor": None} if is_list else {"status": 404}).encode()
        self.send_response(200 if is_list else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""


@pytest.fixture
def recorder() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The URL of a recording server, and its list of requests."""
    requests: list[tuple[str, str]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Recording", (Recorder,), {"requests": requests}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", requests
    server.shutdown()
    thread.join()
    server.server_close()


def hits_nothing(path: str) -> bool:
    """Whether a request names no account: a missing id, or one that is not a UUID."""
    id = unquote(path.split("/")[2])
    return id == MISSING_ID or len(id) != len(MISSING_ID)


def starts_flow(method: str, path: str) -> bool:
    """Whether a request is one of createAuthUrl, which has separate checks, or finds out whether the target has it."""
    return method == "POST" and path.endswith(("/auth-url", UNKNOWN_PATH))


@pytest.mark.usefixtures("extended")
@pytest.mark.parametrize("access", [Access.PASSIVE, Access.PROBE, pytest.param(Access.FULL, marks=pytest.mark.slow)])
def test_generated_requests_of_new_operations_do_no_harm(
    access: Access, recorder: tuple[str, list[tuple[str, str]]]
) -> None:
    url, requests = recorder
    checks = [*operations.checks(), *(check for check in REGISTRY if check.name == "generated.links")]
    if access is not Access.PASSIVE:  # reads are sent to any id
        reads = {f"generated.{each.id}" for each in spec.operations().values() if each.effect.kind == "read"}
        checks = [check for check in checks if check.name not in reads - {"generated.getSocial-AccountsPosts"}]

    *_, finished = run(Options(url, Keys(Secret("sk_test_guard")), access=access), checks)

    assert isinstance(finished, RunFinished)
    assert finished.faults == ()
    writes = {request for request in requests if request[0] != "GET" and not starts_flow(*request)}
    probes = {request for request in writes if PROBE.fullmatch(request[1])}
    assert writes - probes == AT_NOTHING | (FULL_ONLY if access is Access.FULL else set())
    assert all(hits_nothing(path) for _, path in probes)
    assert ("GET", f"/social-accounts/{ACCOUNT}/posts") in requests
    assert ("GET", f"/social-accounts/{ACCOUNT}/health") not in requests


def guard(access: Access, probe: tuple[str, ...] | None = None) -> Guard:
    options = Options("http://unused.invalid", access=access, probe=probe)
    return Guard(options, lambda parameter, value: (parameter, value) in {("id", OWN), ("sessionToken", OWN_SESSION)})


@pytest.mark.usefixtures("extended")
@pytest.mark.parametrize(
    ("operation", "path", "least"),
    [
        ("getSocialAccount", {"id": ACCOUNT}, Access.PASSIVE),
        ("listPendingPages", {"sessionToken": "any"}, Access.PASSIVE),
        ("getSocialAccountHealth", {"id": MISSING_ID}, Access.PASSIVE),
        ("getSocialAccountHealth", {"id": "no-uuid"}, Access.PASSIVE),
        ("getSocialAccountHealth", {"id": OWN}, Access.PASSIVE),
        ("getSocialAccountHealth", {"id": ACCOUNT}, Access.PROBE),
        ("deleteSocialAccount", {"id": MISSING_ID}, Access.PASSIVE),
        ("deleteSocialAccount", {"id": OWN}, Access.FULL),
        ("deleteSocialAccount", {"id": ACCOUNT}, None),
        ("deleteSocialAccount", {"id": ".."}, None),
        ("deleteSocialAccount", {"id": ""}, None),
        ("finalizeConnection", {"sessionToken": MISSING_SESSION}, Access.PASSIVE),
        ("finalizeConnection", {"sessionToken": OWN_SESSION}, Access.FULL),
        ("finalizeConnection", {"sessionToken": "any"}, None),
        ("createAuthUrl", {"platform": "x"}, Access.FULL),
        ("putSocial-Accounts", {"id": MISSING_ID}, Access.FULL),
        ("putSocial-Accounts", {"id": OWN}, Access.FULL),
        ("putSocial-AccountsTags", {"id": MISSING_ID}, Access.PASSIVE),
        ("patchSocial-Accounts", {"id": OWN}, None),
        ("patchSocial-Accounts", {"id": "no-uuid"}, None),
        ("patchSocial-Accounts", {"id": MISSING_ID}, Access.FULL),
        ("postImports", {}, None),
    ],
)
def test_call_requires_the_access_for_its_effect(operation: str, path: dict[str, str], least: Access | None) -> None:
    allowed = [access for access in Access if guard(access).allows(spec.operations()[operation], path)]

    assert allowed == [access for access in Access if least is not None and access >= least]


@pytest.mark.parametrize("access", [Access.PROBE, Access.FULL])
def test_only_the_named_accounts_may_be_probed(access: Access) -> None:
    health = spec.operations()["getSocialAccountHealth"]

    assert guard(access, probe=(ACCOUNT,)).allows(health, {"id": ACCOUNT})
    assert not guard(access, probe=()).allows(health, {"id": ACCOUNT})
    assert guard(access, probe=()).allows(health, {"id": OWN})


def test_disallowed_request_is_not_sent(recorder: tuple[str, list[tuple[str, str]]]) -> None:
    url, requests = recorder
    options = Options(url, Keys(Secret("sk_test_guard")), access=Access.FULL)
    client = Client(options)

    with pytest.raises(NotAllowed, match="deleteSocialAccount"):
        Target(options, client).call("deleteSocialAccount", path={"id": ACCOUNT})

    client.close()
    assert requests == []


def test_every_operation_declares_its_effect() -> None:
    assert [each.id for each in spec.operations().values() if each.effect.kind == "undeclared"] == []
