"""`--strict-keys`: only the keys of the world file are accepted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.servers import LocalMock

WORLD = """\
generate: 2
keys:
  - {key: sk_live_acme}
  - {key: sk_live_reader, world: acme, scopes: []}
  - {key: sk_live_gone, world: acme, status: revoked}
"""


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalMock]:
    file: Path = tmp_path_factory.mktemp("strict") / "w.yaml"
    file.write_text(WORLD, encoding="utf-8")
    mock = LocalMock("--world", file, "--strict-keys")
    yield mock
    mock.stop()


@pytest.mark.parametrize("key", ["sk_live_acme", "sk_live_reader"])
def test_listed_key_is_accepted(strict: LocalMock, key: str) -> None:
    response = strict.caller(key).get("/social-accounts")

    assert response.status == 200
    assert len(response.json["data"]) == 2


@pytest.mark.statement("auth.unknown")
@pytest.mark.parametrize(
    "key", ["sk_live_other", "sk_test_acme", "sk_live_acme_readonly", "sk_live_demo", "sk_live_gone"]
)
def test_unlisted_key_is_refused(strict: LocalMock, key: str) -> None:
    assert strict.caller(key).get("/social-accounts").status == 401


def test_listed_key_without_scopes_cannot_write(strict: LocalMock) -> None:
    caller = strict.caller("sk_live_reader")
    id = caller.get("/social-accounts").json["data"][0]["id"]

    assert caller.call("DELETE", f"/api/v1/social-accounts/{id}").status == 403


def test_control_api_says_which_keys_there_are(strict: LocalMock) -> None:
    response = strict.caller("sk_test_other").call("POST", "/_mock/reset")

    assert response.status == 401
    assert "use one of the world file, because of --strict-keys" in response.json["detail"]


def test_refused_key_creates_no_world(strict: LocalMock) -> None:
    strict.caller("sk_live_stranger").get("/social-accounts")

    assert "stranger" not in strict.log


def test_health_promises_no_world_for_unknown_keys(strict: LocalMock) -> None:
    assert "x-unknown-keys" not in strict.caller("sk_live_acme").get("/health").headers
