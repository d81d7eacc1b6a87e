"""Each mock: its command, what it is given, and where it answers.

All listen on loopback, without a log of requests. Those that can keep state get the same accounts by the way that their
documentation names: mountebank by injected functions, Mockoon by a CRUD route on a data bucket, Scalar by `x-seed` and
`x-handler`. Prism and Steady serve the specification, as do Mockoon and Scalar once more, for the speed of an example.
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

ACCOUNTS: Final = 200
SPEC: Final = Path("openapi.yaml")
FOLDER: Final = Path(".cache/peers")  # of the npm packages
_HERE: Final = Path(__file__).parent
_BIN: Final = FOLDER / "node_modules/.bin"
_LIST: Final = "/social-accounts"


class Given(NamedTuple):
    """The accounts, newest first, and a folder for files."""

    accounts: list[dict[str, Any]]
    folder: Path

    def write(self, name: str, text: str) -> str:
        """The path of a new file."""
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        return str(file)


class Paths(NamedTuple):
    """Of the measured calls."""

    one: str
    page: str
    get: str


class Program(NamedTuple):
    """A mock; `command` makes its files and the command line for a port."""

    name: str
    package: str | None  # of npm; None for ours
    command: Callable[[Given, int], list[str]]
    prefix: str = ""
    platform: str = "platform"  # the filter's parameter

    def title(self) -> str:
        """Name and installed version."""
        if self.package is None:
            return self.name
        manifest = FOLDER / "node_modules" / self.package / "package.json"
        version: str = json.loads(manifest.read_text(encoding="utf-8"))["version"]
        name, _, rest = self.name.partition(",")
        return f"{name} {version}{rest and ','}{rest}"

    def paths(self, id: str) -> Paths:
        """A list of one, a page of ten of a platform, and the account `id`."""
        accounts = f"{self.prefix}{_LIST}"
        return Paths(f"{accounts}?limit=1", f"{accounts}?{self.platform}=facebook&limit=10", f"{accounts}/{id}")


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def _mock(given: Given, port: int) -> list[str]:
    world = given.write("world.yaml", f"generate: {ACCOUNTS}\n")
    return [sys.executable, "-m", "postfuze_mock", "serve", "--port", str(port), "--world", world]


def _prism(_given: Given, port: int) -> list[str]:
    return [str(_BIN / "prism"), "mock", str(SPEC), "-h", "127.0.0.1", "-p", str(port), "-v", "silent"]


def _steady(_given: Given, port: int) -> list[str]:
    return [str(_BIN / "steady"), "--quiet", "--host", "127.0.0.1", "-p", str(port), str(SPEC)]


def _mountebank(given: Given, port: int) -> list[str]:
    accounts = given.write("accounts.json", json.dumps(given.accounts))
    state = (_HERE / "mountebank.js").read_text(encoding="utf-8").replace("ACCOUNTS_FILE", json.dumps(accounts))

    def stub(method: str, path: dict[str, Any], answer: str) -> dict[str, Any]:
        function = state.replace("'ANSWER'", answer)
        return {"predicates": [{"equals": {"method": method}}, path], "responses": [{"inject": function}]}

    account = {"startsWith": {"path": f"{_LIST}/"}}
    stubs = [
        stub("GET", {"equals": {"path": _LIST}}, "list()"),
        stub("GET", account, "get()"),
        stub("DELETE", account, "remove()"),
    ]
    imposter = {"port": port, "protocol": "http", "host": "127.0.0.1", "stubs": stubs}
    file = given.write("mountebank.json", json.dumps({"imposters": [imposter]}))
    quiet = ["--nologfile", "--loglevel", "error", "--pidfile", str(given.folder / "mb.pid")]
    access = ["--host", "127.0.0.1", "--port", str(free_port()), "--localOnly", "--allowInjection"]
    return [str(_BIN / "mb"), "start", *access, *quiet, "--noParse", "--configfile", file]


def _mockoon(file: str, port: int) -> list[str]:
    quiet = ["--disable-log-to-file", "--disable-admin-api", "--repair"]
    return [str(_BIN / "mockoon-cli"), "start", "-d", file, "-l", "127.0.0.1", "-p", str(port), *quiet]


def _mockoon_example(_given: Given, port: int) -> list[str]:
    return _mockoon(str(SPEC), port)


def _mockoon_bucket(given: Given, port: int) -> list[str]:
    response = {"uuid": "response", "bodyType": "DATABUCKET", "databucketID": "accounts", "default": True}
    route = {"uuid": "route", "type": "crud", "endpoint": _LIST.removeprefix("/"), "responses": [response]}
    bucket = {"uuid": "bucket", "id": "accounts", "name": "accounts", "value": json.dumps(given.accounts)}
    children = [{"type": "route", "uuid": "route"}]
    environment = {"name": "accounts", "routes": [route], "rootChildren": children, "data": [bucket]}
    return _mockoon(given.write("mockoon.json", json.dumps(environment)), port)


def _scalar(given: Given, port: int, document: dict[str, Any]) -> list[str]:
    # A module finds its imports beside itself, so it goes to the packages.
    program = given.write("scalar.mjs", (_HERE / "scalar.mjs").read_text(encoding="utf-8"))
    return ["node", program, given.write("scalar.json", json.dumps(document, default=str)), str(port)]


def _scalar_example(given: Given, port: int) -> list[str]:
    return _scalar(given, port, yaml.safe_load(SPEC.read_text(encoding="utf-8")))


def _scalar_store(given: Given, port: int) -> list[str]:
    document = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
    document["components"]["schemas"]["SocialAccount"]["x-seed"] = f"seed({json.dumps(given.accounts)})"
    accounts, account = (document["paths"][path] for path in (_LIST, f"{_LIST}/{{id}}"))
    accounts["get"]["x-handler"] = (
        "const {platform, limit} = req.query;"
        "const data = store.list('SocialAccount').filter(a => !platform || a.platform === platform);"
        "return {data: data.slice(0, Number(limit ?? 25)), next_cursor: null}"
    )
    account["get"]["x-handler"] = "return store.get('SocialAccount', req.params.id)"
    account["delete"]["x-handler"] = "return store.delete('SocialAccount', req.params.id)"
    return _scalar(given, port, document)


OURS: Final = Program("postfuze-mock", None, _mock, "/api/v1")
PROGRAMS: Final = (
    OURS,
    Program("mountebank", "mountebank", _mountebank),
    Program("Mockoon CLI, data bucket", "@mockoon/cli", _mockoon_bucket, platform="platform_eq"),
    Program("Scalar, x-handler", "@scalar/mock-server", _scalar_store),
    Program("Steady", "@stdy/cli", _steady),
    Program("Prism", "@stoplight/prism-cli", _prism),
    Program("Scalar, specification", "@scalar/mock-server", _scalar_example),
    Program("Mockoon CLI, specification", "@mockoon/cli", _mockoon_example, "/api/v1"),
)
