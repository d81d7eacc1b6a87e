"""Authentication and scopes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from tests.mockserver.conftest import Serve
from tests.support.servers import RunningMock
from tests.support.world import World

ID = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
KEYED = [
    ("GET", "/social-accounts"),
    ("GET", f"/social-accounts/{ID}"),
    ("DELETE", f"/social-accounts/{ID}"),
    ("GET", f"/social-accounts/{ID}/metrics"),
    ("GET", f"/social-accounts/{ID}/health"),
    ("POST", "/social-networks/x/auth-url"),
]
MALFORMED = [
    "", "Bearer", "Bearer sk_", "Bearer sk_live_", "Bearer sk_live", "Bearer sk_other_demo", "Bearer demo",
    "sk_live_demo", "bearer sk_live_demo", "BEARER sk_live_demo", "Basic c2tfbGl2ZV9kZW1vOg==", "Token sk_live_demo",
    "Bearer  sk_live_demo", "Bearer\tsk_live_demo", "Bearer pk_live_demo", "Bearer SK_LIVE_demo",
    "Bearer sk_live_de mo", "Bearer sk_live_demo, Bearer sk_live_demo", "Bearer sk_live_demo!", "Bearer sk_live_d/e",
    "Bearer sk_live_démo", "Bearer sk_live_..", "Bearer sk_live_%64emo", "Bearer sk_live_" + "a" * 65,
    "Bearer sk_live_" + "a" * 10000,
]  # fmt: skip
every_keyed_call = pytest.mark.parametrize(("method", "path"), KEYED)


def refused(response: httpx.Response) -> None:
    """Fail unless the response is the documented 401."""
    assert response.status_code == 401
    assert response.json() == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Invalid or expired API key.",
        "code": "unauthorized",
    }
    assert response.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.statement("auth.missing")
@every_keyed_call
def test_call_without_a_key_gets_401(world: World, method: str, path: str) -> None:
    refused(world.call(method, path, key=None))


@pytest.mark.statement("auth.malformed")
@every_keyed_call
def test_malformed_key_gets_401(world: World, method: str, path: str) -> None:
    for header in MALFORMED:
        refused(world.call(method, path, key=None, headers={"Authorization": header.encode()}))


@pytest.mark.statement("auth.malformed")
def test_header_that_is_not_utf_8_gets_401(world: World) -> None:
    refused(world.call("GET", "/social-accounts", key=None, headers={"Authorization": b"Bearer sk_live_\xff\xfe"}))


@pytest.mark.statement("auth.malformed")
def test_malformed_key_creates_no_world(world: World) -> None:
    before = world.control("GET", "/health")["worlds"]
    for header in MALFORMED:
        world.call("GET", "/social-accounts", key=None, headers={"Authorization": header.encode()})

    assert world.control("GET", "/health")["worlds"] == before


@pytest.mark.statement("auth.revoked")
@every_keyed_call
def test_revoked_key_gets_401(world: World, method: str, path: str) -> None:
    refused(world.call(method, path, key=world.revoked_key))
    refused(world.call(method, path, key=f"{world.live_key}_revoked"))


@pytest.mark.statement("auth.expired")
@every_keyed_call
def test_expired_key_gets_401(world: World, method: str, path: str) -> None:
    refused(world.call(method, path, key=world.expired_key))
    refused(world.call(method, path, key=f"{world.live_key}_expired"))


@pytest.mark.statement("auth.modes")
@pytest.mark.assumption("keys.modes", "shared")
def test_keys_of_both_modes_are_accepted_and_see_the_same_data(world: World) -> None:
    assert world.list_response("", world.live_key).json() == world.list_response("", world.key).json()
    id = world.page()["data"][0]["id"]
    assert world.delete_response(id, world.live_key).status_code == 200

    assert world.get_response(id, world.key).status_code == 404


@pytest.mark.statement("auth.modes")
@pytest.mark.parametrize("name", ["a", "A-b_C-9", "0", "a" * 64, "readonly", "_", "-", "x_readonly_y"])
def test_every_well_formed_name_is_a_key(world: World, name: str) -> None:
    for mode in ("live", "test"):
        assert world.list_response("limit=1", f"sk_{mode}_{name}").status_code == 200


@pytest.mark.statement("auth.modes", "delete.needs-scope")
def test_suffix_changes_the_key_but_not_the_world(server: RunningMock) -> None:
    world = server.world("b" * 64)
    id = world.page()["data"][0]["id"]

    assert world.get_response(id, world.readonly_key).json() == world.get(id)
    assert world.delete_response(id, world.readonly_key).status_code == 403
    assert world.get_response(id, world.revoked_key).status_code == 401
    assert world.get_response(id, world.expired_key).status_code == 401


@pytest.mark.statement("auth.modes")
@pytest.mark.parametrize("mode", ["live", "test"])
def test_literal_key_of_the_documentation_opens_demo(demo: World, mode: str) -> None:
    header = f"Bearer sk_{mode}_…".encode()
    response = demo.call("GET", "/social-accounts?platform=x", None, {"Authorization": header})

    assert [account["id"] for account in response.json()["data"]] == [ID]


@pytest.mark.statement("auth.reads-need-no-scope")
@pytest.mark.parametrize("mode", ["live", "test"])
def test_key_without_scopes_reads_all_of_its_organization(world: World, mode: str) -> None:
    key = f"sk_{mode}_{world.name}_readonly"
    walked = world.walk()

    assert world.list_response({"limit": 100}, key).json()["data"] == walked[:100]
    for account in walked[:10]:
        assert world.get_response(account["id"], key).json() == account
        assert world.metrics_response(account["id"], key=key).status_code == 200
        assert world.metrics_response(account["id"], {"since": 0}, key).json() == world.metrics(account["id"], since=0)
        assert world.health_response(account["id"], key).status_code == 200


@pytest.fixture(scope="session")
def scoped(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], World]:
    """The one organization of a server with keys of all kinds."""
    keys = {
        "write": "scopes: ['accounts:write']",
        "all": "scopes: ['*']",
        "several": "scopes: ['posts:write', 'accounts:write']",
        "posts": "scopes: ['posts:write', 'media:write', 'webhooks:write', 'team:write']",
        "profiles": "scopes: ['profiles:write', 'scheduling:write']",
        "none": "scopes: []",
        "gone": "status: revoked",
        "over": "status: expired",
    }
    lines = [f"  - {{key: sk_live_{name}, world: acme, {rest}}}" for name, rest in keys.items()]
    file = tmp_path_factory.mktemp("scoped") / "world.yaml"
    file.write_text("\n".join(["generate: 11", "keys:", *lines, ""]), encoding="utf-8")
    server = serve("--strict-keys", "--world", Path(file))
    return lambda name: server.world(name)


@pytest.mark.statement("auth.write-scopes")
@pytest.mark.parametrize("name", ["write", "all", "several"])
def test_scope_for_accounts_or_everything_permits_writes(scoped: Callable[[str], World], name: str) -> None:
    world, key = scoped(name), f"sk_live_{name}"
    id = world.list_response("", key).json()["data"][0]["id"]

    assert world.delete_response(id, key).status_code == 200


@pytest.mark.statement("auth.write-scopes", "delete.needs-scope")
@pytest.mark.parametrize("name", ["posts", "profiles", "none"])
def test_other_scope_does_not_permit_writes(scoped: Callable[[str], World], name: str) -> None:
    world, key = scoped(name), f"sk_live_{name}"
    before = world.list_response("", key).json()
    response = world.delete_response(before["data"][-1]["id"], key)

    assert (response.status_code, response.json()["code"]) == (403, "insufficient_scope")
    assert world.list_response("", key).json() == before


@pytest.mark.statement("auth.revoked", "auth.expired")
@pytest.mark.parametrize("name", ["gone", "over"])
def test_key_listed_as_revoked_or_expired_gets_401(scoped: Callable[[str], World], name: str) -> None:
    refused(scoped(name).list_response("", f"sk_live_{name}"))
