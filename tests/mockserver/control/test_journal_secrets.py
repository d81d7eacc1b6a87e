"""The control API: journals contain no secret, wherever a request had it."""

from __future__ import annotations

import json

import pytest
from tests.mockserver.conftest import Serve
from tests.support import wire
from tests.support.servers import RunningMock
from tests.support.world import World

API = "/api/v1"
FINALIZE = f"{API}/social-accounts/pending/unknown/finalize"
WEBHOOK_SECRET = "whsec_c2VjcmV0LW9mLWEtd2ViaG9vaw=="
PASSWORD = "hunter2-correct-horse"


def journal_text(world: World) -> str:
    """The whole journal, as sent and without escapes."""
    response = world.control_response("GET", "/requests")
    return response.text + json.dumps(response.json(), ensure_ascii=False)


def secrets(world: World) -> list[str]:
    token = world.session()["session_token"]
    sealed = world.auth_url_response().json()["auth_url"].partition("state=")[2]
    return [token, token.upper(), sealed, world.name, WEBHOOK_SECRET, PASSWORD]


def put_everywhere(world: World, name: str, secret: str) -> None:
    """Send `secret` as a value named `name` in each part of a request."""
    encoded = "".join(f"%{byte:02x}" for byte in secret.encode())
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in secret)
    for value in (secret, encoded):
        for path in ("/social-accounts", "/social-accounts/pending/unknown", "/nothing"):
            world.call("GET", f"{path}?limit=1&{name}={value}")
            world.call("GET", f"{path}?{name.replace('_', '%5f')}={value}&limit=1")
    for body in (f'{{"{name}": "{secret}"}}', f'{{"{name}": "{escaped}"}}', f'{{"a": [{{"{name}": "{secret}"}}]}}'):
        json_body(world, body)
    json_body(world, f'{{"{name}": "{secret}')  # no JSON
    json_body(world, f'{{"{name}": "{secret}", "filler": "{"x" * 9000}"}}')  # cut
    json_body(world, f'{{"filler": "{"x" * (8192 - 20 - len(name))}", "{name}": "{secret}{"y" * 99}"}}')  # cut within
    world.call("GET", "/health", headers={f"X-{name.replace('_', '-').title()}": secret, "Cookie": f"{name}={secret}"})
    world.call("GET", "/health", headers={"Referer": f"http://localhost/?a=1&{name}={secret}#b"})


def json_body(world: World, body: str) -> None:
    world.request("POST", FINALIZE, {**world.bearer(), "Content-Type": "application/json"}, content=body)


@pytest.mark.parametrize(
    "member",
    [
        "session_token",
        "sessionToken",
        "access_token",
        "client_secret",
        "signing_secret",
        "password",
        "api_key",
        "state",
    ],
)
def test_member_named_like_a_secret_is_not_shown(world: World, member: str) -> None:
    kinds = secrets(world)
    for secret in kinds:
        put_everywhere(world, member, secret)
    journal = journal_text(world)

    assert [secret for secret in kinds if secret in journal] == []
    assert len(world.requests()) > 50


def test_session_token_is_not_shown_anywhere(world: World, other: World) -> None:
    """Tokens of a pending session, of a used one, and of another world."""
    session = world.session()
    world.finalize(session["session_token"], session["pages"][0]["id"])
    tokens = [world.session()["session_token"], session["session_token"], other.session()["session_token"]]
    for token in tokens:
        encoded = f"%{ord(token[0]):02x}{token[1:]}"
        for text in (token, encoded):
            for path in (
                f"/social-accounts/pending/{text}",
                f"/social-accounts/pending/{text}/finalize",
                f"/social-accounts/pending/{text}/nothing",
                f"/social-accounts/pending//{text}",
                f"/social-accounts/PENDING/{text}",
                f"/social-accounts%2Fpending%2F{text}",
                f"/social-accounts/{text}",
                f"/social-accounts?username={text}",
                f"/social-accounts?{text}",
                f"/nothing/{text}?a={text}",
            ):
                world.call("GET", path)
        json_body(world, json.dumps({"selectedPageIds": [token], "more": {"deep": f"is {token}."}}))
        world.call("GET", "/health", headers={"X-Debug": f"session {token}", "User-Agent": token})
        world.pending_response(token)

    for token in tokens:
        assert token not in journal_text(world)
        assert token not in journal_text(other)


def test_unknown_token_in_the_path_is_not_shown(world: World, demo: World) -> None:
    """It may be one of a real deployment."""
    token = "5e551074043e4411a5c0"
    for key in (world.key, None):
        for rest in ("", "/finalize", "/nothing", "?a=b"):
            world.call("GET", f"/social-accounts/pending/{token}{rest}", key)

    assert token not in journal_text(world) + journal_text(demo)
    assert [entry["path"] for entry in world.requests()][:2] == [
        f"{API}/social-accounts/pending/…",
        f"{API}/social-accounts/pending/…/finalize",
    ]


@pytest.mark.parametrize(
    ("header", "in_journal"),
    [
        ("Bearer sk_test_{}", "Bearer sk_test_…"),
        ("Bearer sk_live_{}", "Bearer sk_live_…"),
        ("Bearer sk_live_{}_revoked", "Bearer sk_live_…_revoked"),
        ("Bearer sk_test_{}_readonly", "Bearer sk_test_…_readonly"),
        ("bearer sk_live_{}", "bearer sk_live_…"),
        ("Bearer  sk_live_{} x", "Bearer  sk_live_…"),
        ("Bearer {}", "Bearer …"),
        ("Basic {}", "Basic …"),
        ("Hawk {}", "…"),
        ("sk_live_{}", "sk_live_…"),
        ("{} two words", "…"),
    ],
)
def test_authorization_is_shown_without_its_key(world: World, demo: World, header: str, in_journal: str) -> None:
    world.call("GET", "/social-accounts", None, {"Authorization": header.format(world.name)})
    entries = [*world.requests(), *demo.requests()]

    assert entries[-1]["request"]["headers"]["authorization"] == in_journal
    assert world.name not in json.dumps(entries)


def test_key_is_not_shown_anywhere(world: World) -> None:
    for key in (world.key, world.live_key, f"sk_live_{world.name}_revoked"):
        world.call("GET", f"/social-accounts?username={key}")
        world.call("GET", f"/social-accounts/{key}")
        world.call("GET", f"/nothing/{key}?key={key}", headers={"X-Other": f"it is {key}, yes"})
        json_body(world, json.dumps({"selectedPageIds": [key]}))
        json_body(world, f"{key}: no JSON")

    assert world.name not in journal_text(world)


@pytest.mark.parametrize(
    "secret", [WEBHOOK_SECRET, f"Bearer {PASSWORD}", f"bearer sk_live_{PASSWORD}", f"Basic {PASSWORD}"]
)
def test_text_that_looks_like_a_secret_is_not_shown_anywhere(world: World, secret: str) -> None:
    encoded = secret.replace(" ", "%20")
    world.call("GET", f"/social-accounts?username={encoded}")
    world.call("GET", f"/nothing/{encoded}", headers={"X-Other": f"it is {secret}, yes"})
    json_body(world, json.dumps({"selectedPageIds": [secret], "note": f"({secret})"}))
    json_body(world, f"no JSON: {secret}")

    assert WEBHOOK_SECRET not in journal_text(world)
    assert PASSWORD not in journal_text(world)


def test_control_token_is_not_shown(serve: Serve, name: str) -> None:
    secret = "open-sesame-1234"
    world = serve("--control-token", secret).world(name)
    token: dict[str, str | bytes] = {"X-Mock-Control-Token": secret}
    world.call("GET", "/social-accounts", headers=token)
    response = world.request("GET", "/_mock/requests", {**world.bearer(), **token})

    assert response.json()["data"][0]["request"]["headers"]["x-mock-control-token"] == "…"
    assert secret not in response.text


def test_connect_url_is_shown_without_its_state(world: World) -> None:
    url = world.auth_url_response(json={"redirect_uri": "http://localhost/back?state=own-secret&a=1"}).json()[
        "auth_url"
    ]
    (entry,) = world.requests()

    assert entry["response"]["body"]["auth_url"] == url.partition("state=")[0] + "state=…"
    assert entry["request"]["body"] == {"redirect_uri": "http://localhost/back?state=…&a=1"}


def test_text_without_a_secret_is_shown_unchanged(world: World) -> None:
    page = world.list_response("limit=2&platform=x&cursor_=a&key_word=b").json()
    (entry,) = world.requests()

    assert entry["path"].endswith("?limit=2&platform=x&cursor_=a&key_word=b")
    assert entry["response"]["body"] == page


def test_secret_beside_invalid_utf_8_is_masked(server: RunningMock, world: World) -> None:
    secret = world.session()["session_token"].encode()
    headers = [("Authorization", f"Bearer {world.key}"), ("X-Odd", b"\xff\xfe " + secret)]
    server.exchange(wire.request("GET", f"{API}/social-accounts?a=".encode() + b"%ff%fe=" + secret, headers))
    body = b'{"a": "\xff' + secret + b'"}'
    more = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    server.exchange(wire.request("POST", FINALIZE, [*headers, *more], body))

    assert len(world.requests()) == 2
    assert secret.decode() not in journal_text(world)
