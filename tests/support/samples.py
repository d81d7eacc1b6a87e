"""The samples of the reference page, made by its own scripts: in the browser, or by Node."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from tests.support.processes import ROOT

from postfuze_mock import spec
from postfuze_mock.client import Mock
from postfuze_mock.control import spec as control_spec

PAGE: Final = ROOT / "mockserver/postfuze_mock/http/pages/reference"
ACCOUNT: Final = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
WEBHOOK: Final = "http://127.0.0.1:9000/hook"  # of the examples; nothing needs to listen there
SERVER_PATHS: Final = {"api": "/api/v1", "control": "/_mock"}
#: Returns the text of a sample; `values` replace those of the examples. `document` is a specification, or its path.
WRITE: Final = """
async ({base, document, operation: id, language, server, key, values}) => {
  const {Specification} = await import(`${base}/spec.js`);
  const {exampleValues, samples} = await import(`${base}/samples/samples.js`);
  const source = typeof document === "string" ? await (await fetch(document)).json() : document;
  const spec = new Specification(source);
  const operation = spec.operations.find((each) => each.id === id);
  const given = exampleValues(operation, spec);
  for (const place of ["path", "query"]) Object.assign(given[place], values[place]);
  if (values.body !== undefined) given.body = values.body;
  return samples(operation, {spec, server, key, values: given}).find((each) => each.id === language).text;
}
"""
#: What a call needs that is not there after a reset, by operation; what is returned goes into its path.
PREPARATIONS: Final[Mapping[str, Callable[[Mock], dict[str, str]]]] = {
    "deleteFault": lambda world: {"id": world.create_fault(effect={"status": 503}, operation="*")["id"]},
    "restoreAccount": lambda world: {"id": world.delete_account(ACCOUNT)["id"]},
    "getEvent": lambda world: {"id": _event(world)},
    "redeliverEvent": lambda world: {"id": _event(world)},
    "createEvent": lambda world: _subscribed(world),
}


@dataclass(frozen=True)
class Case:
    """A call to write a sample of. `values` are those typed by the reader: `path`, `query` and `body`."""

    page: str
    operation: str
    language: str
    url: str
    key: str | None = "sk_test_demo"
    values: dict[str, Any] = field(default_factory=dict)

    def argument(self, base: str, document: Any) -> dict[str, Any]:
        """The argument of `WRITE`."""
        return {
            "base": base,
            "document": document,
            "operation": self.operation,
            "language": self.language,
            "server": f"{self.url}{SERVER_PATHS[self.page]}",
            "key": self.key,
            "values": self.values,
        }


@cache
def documents() -> dict[str, Any]:
    """The specification of each page, as it is served."""
    text = json.dumps({"api": spec.load(), "control": control_spec.load(spec.load())}, default=str)
    documents: dict[str, Any] = json.loads(text)
    return documents


def operations(page: str) -> Iterator[str]:
    """The operations of a page, by id."""
    for item in documents()[page]["paths"].values():
        yield from (each["operationId"] for method, each in item.items() if method in spec.METHODS)


def node_program(cases: Mapping[str, Case]) -> str:
    """A program for Node that prints the texts of these samples, by the same names, as JSON."""
    arguments = {name: case.argument(PAGE.as_uri(), case.page) for name, case in cases.items()}
    return f"""
const documents = {json.dumps(documents())};
const write = {WRITE};
const texts = {{}};
for (const [name, argument] of Object.entries({json.dumps(arguments)}))
  texts[name] = await write({{...argument, document: documents[argument.document]}});
console.log(JSON.stringify(texts));
"""


def prepared(world: Mock, operation: str) -> dict[str, Any]:
    """Reset the world, and make what a call of `operation` needs: the values that it then has."""
    world.reset()
    return {"path": PREPARATIONS[operation](world)} if operation in PREPARATIONS else {}


def _event(world: Mock) -> str:
    world.put_webhooks([{"url": "/_mock/inbox/demo"}])
    world.delete_account(ACCOUNT)
    id: str = world.list_events()[0]["id"]
    return id


def _subscribed(world: Mock) -> dict[str, str]:
    world.put_webhooks([{"url": WEBHOOK}])
    return {}
