"""`--reload`: saved files are served; a broken save is logged and changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.e2e.conftest import Start
from tests.support.calls import Caller
from tests.support.processes import ROOT, MockProcess
from tests.support.times import until

SERVED = ("mockserver", "fixtures")
DEFAULT = "default: 25}"  # of `limit`, in openapi.yaml
TOLD = "Not reloaded"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose files a test may break."""
    root = tmp_path / "checkout"
    for name in SERVED:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "openapi.yaml", root)
    return root


@pytest.fixture
def reloading(start: Start, checkout: Path) -> MockProcess:
    return start("--reload", root=checkout)


def page_size(caller: Caller) -> int:
    response = caller.get("/social-accounts")
    assert response.status == 200
    return len(response.json["data"])


def save(file: Path, old: str, new: str) -> str:
    """Replace the only `old` in `file`; returns the former text."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    return text


def test_saved_specification_is_followed_and_served(reloading: MockProcess, checkout: Path) -> None:
    caller = reloading.caller("sk_test_acme")
    assert page_size(caller) == 25

    save(checkout / "openapi.yaml", DEFAULT, "default: 7}")

    until(lambda: page_size(caller) == 7, "pages of the new default size")
    assert caller.call("GET", "/openapi.yaml").body == (checkout / "openapi.yaml").read_bytes()


def test_worlds_survive_a_saved_specification(reloading: MockProcess, checkout: Path) -> None:
    caller = reloading.caller("sk_test_acme")
    id = caller.get("/social-accounts").json["data"][0]["id"]
    assert caller.call("DELETE", f"/api/v1/social-accounts/{id}").status == 200

    save(checkout / "openapi.yaml", DEFAULT, "default: 7}")

    until(lambda: page_size(caller) == 7, "pages of the new default size")
    assert caller.get(f"/social-accounts/{id}").status == 404


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("openapi: 3.0.3", "openapi: ["),
        ("openapi: 3.0.3", "openapi: 3.1.0"),
        ("operationId: listSocialAccounts", "operationId: listNothing"),
        ("minimum: 1, maximum: 100", "minimum: one, maximum: 100"),
        ("\npaths:\n", "\nroutes:\n"),
    ],
    ids=["no YAML", "another OpenAPI", "an operation without a handler", "a schema that is none", "no paths"],
)
def test_broken_save_is_logged_and_the_last_valid_one_stays_in_use(
    reloading: MockProcess, checkout: Path, old: str, new: str
) -> None:
    caller = reloading.caller("sk_test_acme")
    file = checkout / "openapi.yaml"

    good = save(file, old, new)
    until(lambda: TOLD in reloading.stderr, "word that the save is broken")
    assert page_size(caller) == 25
    assert caller.call("GET", "/openapi.yaml").body == good.encode()

    file.write_text(good.replace(DEFAULT, "default: 7}"), encoding="utf-8")
    until(lambda: page_size(caller) == 7, "pages of the new default size")
    assert "Traceback" not in reloading.stderr


def test_server_survives_a_briefly_missing_specification(reloading: MockProcess, checkout: Path) -> None:
    caller = reloading.caller("sk_test_acme")
    file = checkout / "openapi.yaml"

    moved = file.rename(checkout / "elsewhere.yaml")
    until(lambda: TOLD in reloading.stderr, "word that the file is gone")
    assert page_size(caller) == 25

    moved.write_text(moved.read_text(encoding="utf-8").replace(DEFAULT, "default: 7}"), encoding="utf-8")
    moved.rename(file)
    until(lambda: page_size(caller) == 7, "pages of the new default size")


@pytest.mark.process(quick=True)
def test_saved_world_file_applies_to_worlds_created_or_reset_afterwards(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "w.yaml"
    file.write_text("generate: 3\n", encoding="utf-8")
    mock = start("--reload", "--world", file)
    early = mock.caller("sk_test_early")
    assert page_size(early) == 3

    file.write_text("generate: [\n", encoding="utf-8")
    until(lambda: TOLD in mock.stderr, "word that the save is broken")
    assert page_size(mock.caller("sk_test_meanwhile")) == 3

    file.write_text("generate: 5\n", encoding="utf-8")
    until(lambda: "Reloaded" in mock.stderr, "word of the good save")
    assert page_size(mock.caller("sk_test_late")) == 5
    assert page_size(early) == 3
    mock.client("early").reset()
    assert page_size(early) == 5
