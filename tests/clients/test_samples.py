"""The samples of the reference page for generated clients, and for Java: their types fit, and they run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from tests.clients.table import CLIENTS, Client
from tests.clients.workspace import Workspace
from tests.support.samples import Case, node_program, operations, prepared
from tests.support.servers import LocalMock

ODD: Final = 'it\'s "$HOME" `id` \\n! é 🦊 &a=b#c'
#: All parameters of the list, and a body with what quotes could spoil.
TYPED: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "all-parameters": (
        "listSocialAccounts",
        {
            "query": {
                "limit": "7",
                "id": "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234",
                "tenant_id": "tenant_42",
                "platform": "x",
                "username": "acme",
                "network_unique_id": "1466912345678901234",
                "networkUniqueId": "1466912345678901234",
            }
        },
    ),
    "odd-body": ("createAuthUrl", {"path": {"platform": "google_business"}, "body": json.dumps({"tenant_id": ODD})}),
}


@dataclass(frozen=True)
class Language:
    """A language of the page: the file that a sample of it is, how all files are checked, and how one is run."""

    id: str
    client: str
    file: str
    check: str
    run: str


TYPESCRIPT: Final = "--strict --skipLibCheck false --module nodenext --target es2022 --lib es2022,dom,dom.iterable"
LANGUAGES: Final = (
    Language(
        "python-client", "openapi-python-client", "{}.py", "mypy --strict --no-error-summary *-*.py", "python {}.py"
    ),
    Language(
        "typescript",
        "openapi-typescript and openapi-fetch",
        "{}.mts",
        f"npx tsc {TYPESCRIPT} --types node --outDir out *-*.mts",
        "node out/{}.mjs",
    ),
    Language("java", "OpenAPI Generator, Java", "{}.java", "true", "java {}.java"),
)


@pytest.fixture
def mock() -> Iterator[LocalMock]:
    mock = LocalMock()
    yield mock
    mock.stop()


@pytest.mark.clients
@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.id)
def test_samples_call_their_operations(language: Language, mock: LocalMock, tmp_path: Path) -> None:
    client: Client = next(each for each in CLIENTS if each.name == language.client)
    workspace = Workspace(client, tmp_path)
    world = mock.client("demo")
    cases = {f"call-{id}": Case("api", id, language.id, mock.url) for id in operations("api")}
    cases |= {name: Case("api", id, language.id, mock.url, values=values) for name, (id, values) in TYPED.items()}
    (tmp_path / "write.mjs").write_text(node_program(cases), encoding="utf-8")
    for name, text in json.loads(workspace.run("node write.mjs")).items():
        (tmp_path / language.file.format(name)).write_text(text, encoding="utf-8")
    if language.id != "java":
        workspace.run(client.generate)

    assert workspace.run(language.check) == ""
    for name, case in cases.items():
        prepared(world, case.operation)
        output = workspace.run(language.run.format(name))
        call = world.list_requests()[-1]
        assert (call["operation"], call["status"]) == (case.operation, 200), output
        if name == "all-parameters":
            assert all(f"{key}={value}" in call["path"] for key, value in case.values["query"].items())
        if name == "odd-body":
            assert call["request"]["body"] == {"tenant_id": ODD}
