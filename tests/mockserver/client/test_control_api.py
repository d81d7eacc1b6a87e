"""The client has a method for each operation of the control API, with the same parameters."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_type_hints

import pytest
from inflection import underscore
from tests.mockserver.client.recorder import Received, Recorder, recording

from postfuze_fixtures.schema_errors import Schema
from postfuze_mock import spec
from postfuze_mock.client import Mock, fields
from postfuze_mock.client.control_api import ControlAPI
from postfuze_mock.control import spec as control_spec

CONTROL_API: Final[dict[str, Any]] = control_spec.load(spec.load())
UUID: Final = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
#: Methods with shorter names than their operations: a client belongs to a world already.
NAMES: Final = {"reset_world": "reset"}


@dataclass(frozen=True)
class Operation:
    """An operation of the control API's specification, with its direct references resolved."""

    id: str
    method: str
    path: str
    definition: Mapping[str, Any]

    def parameters(self, place: str) -> dict[str, dict[str, Any]]:
        """Without cursors, which the client follows itself."""
        parameters = [resolved(each) for each in self.definition.get("parameters", ())]
        return {each["name"]: each for each in parameters if each["in"] == place and each["name"] != "cursor"}

    @property
    def body(self) -> dict[str, Any] | None:
        """The body's schema."""
        content = self.definition.get("requestBody", {}).get("content")
        return resolved(content["application/json"]["schema"]) if content else None

    @property
    def members(self) -> dict[str, Any]:
        """The members of the body, if the method has a parameter for each."""
        body = self.body
        by_member = body is not None and body.get("type") == "object" and self.id not in WHOLE
        members = dict(body["properties"]) if body is not None and by_member else {}
        return {name: member for name, member in members.items() if name not in self.parameters("path")}

    @property
    def call(self) -> Callable[..., Any]:
        name = underscore(self.id)
        return getattr(ControlAPI, NAMES.get(name, name))  # type: ignore[no-any-return]

    @property
    def arguments(self) -> dict[str, inspect.Parameter]:
        """The parameters of the method; a typed dictionary is expanded to its members."""
        arguments = dict(list(inspect.signature(self.call).parameters.items())[1:])
        for name, argument in list(arguments.items()):
            if argument.kind is inspect.Parameter.VAR_KEYWORD:
                del arguments[name]
                members = get_type_hints(self.call)[name].__args__[0]
                arguments |= {
                    each: argument.replace(
                        name=each,
                        kind=inspect.Parameter.KEYWORD_ONLY,
                        default=inspect.Parameter.empty if each in members.__required_keys__ else None,
                    )
                    for each in get_type_hints(members)
                    if each not in arguments
                }
        return arguments


#: Parameters that are the whole body: a document or a list.
WHOLE: Final = {"putState": "state", "putWebhooks": "webhooks"}


def resolved(node: Any) -> Any:
    """`node`, or the target of its reference."""
    while "$ref" in node:
        target: Any = CONTROL_API
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


#: What senders of webhooks call, and not those who control a mock.
OF_SENDERS: Final = ("receiveWebhook",)
OPERATIONS: Final = [
    Operation(definition["operationId"], method.upper(), path, definition)
    for path, item in CONTROL_API["paths"].items()
    for method, definition in item.items()
    if method in spec.METHODS and definition["operationId"] not in OF_SENDERS
]
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with recording() as recorder:
        yield recorder


def test_operations_and_methods_correspond() -> None:
    methods = {name for name, _ in inspect.getmembers(ControlAPI, inspect.isfunction) if not name.startswith("_")}
    ids = [underscore(operation.id) for operation in OPERATIONS]

    assert methods == {NAMES.get(id, id) for id in ids}
    assert len(set(ids)) == len(ids)


@each_operation
def test_method_accepts_exactly_the_parameters_of_the_operation(operation: Operation) -> None:
    members = {**operation.parameters("path"), **operation.parameters("query"), **operation.members}
    whole = WHOLE.get(operation.id)

    assert list(operation.parameters("path")) == list(operation.arguments)[: len(operation.parameters("path"))]
    assert set(operation.arguments) == set(members) | ({whole} if whole else set())


@each_operation
def test_method_requires_what_the_operation_requires(operation: Operation) -> None:
    in_query = {name for name, each in operation.parameters("query").items() if each.get("required")}
    in_body = set(operation.body.get("required", ())) if operation.body and operation.members else set()
    required = {name for name, each in operation.arguments.items() if each.default is inspect.Parameter.empty}

    assert required == {*operation.parameters("path"), *in_query, *in_body} | {*filter(None, [WHOLE.get(operation.id)])}


@each_operation
def test_method_sends_its_arguments(operation: Operation, recorder: Recorder) -> None:
    values = {name: value_of(operation, name) for name in operation.arguments}
    request = send(operation, recorder, values)
    path = {name: values[name] for name in operation.parameters("path")}

    assert (request.method, request.path) == (operation.method, f"/_mock{filled(operation.path, path)}")
    assert request.query == {name: [in_query(values[name])] for name in operation.parameters("query")}
    whole = WHOLE.get(operation.id)
    assert request.body == (values[whole] if whole else {name: values[name] for name in operation.members} or None)


@each_operation
def test_method_omits_missing_arguments(operation: Operation, recorder: Recorder) -> None:
    required = {name for name, each in operation.arguments.items() if each.default is inspect.Parameter.empty}
    request = send(operation, recorder, {name: value_of(operation, name) for name in required})

    assert request.query == {}
    if operation.members:
        assert set(request.body or ()) == required & set(operation.members)


@pytest.mark.parametrize(
    ("fields_type", "schema"),
    [
        (fields.Behaviour, "Behaviour"),
        (fields.AccountFields, "AccountFields"),
        (fields.SnapshotFields, "SnapshotFields"),
        (fields.PageFields, "PageFields"),
        (fields.Effect, "Effect"),
    ],
)
def test_typed_dictionary_has_the_members_of_its_schema(fields_type: Any, schema: str) -> None:
    described = CONTROL_API["components"]["schemas"][schema]

    assert set(get_type_hints(fields_type)) == set(described["properties"])
    assert fields_type.__required_keys__ == set(described.get("required", ()))


def send(operation: Operation, recorder: Recorder, values: Mapping[str, Any]) -> Received:
    """The request that the method sends for `values`."""
    in_path = [values[name] for name in operation.parameters("path")]
    others = {name: value for name, value in values.items() if name not in operation.parameters("path")}
    operation.call(Mock(recorder.url), *in_path, **others)
    return recorder.only()


def value_of(operation: Operation, name: str) -> Any:
    """A valid value: an example of the specification, or the first that fits."""
    example = operation.definition.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    if name == WHOLE.get(operation.id):
        return example
    parameter = (operation.parameters("path") | operation.parameters("query")).get(name)
    if parameter and "example" in parameter:
        return parameter["example"]
    schema = resolved(parameter["schema"] if parameter else operation.members[name])
    if isinstance(example, dict) and name in example:
        return example[name]
    fitting = Schema(inlined(schema))
    tried = [*schema.get("enum", ()), "a b/c?", UUID, "2026-06-14T12:10:00Z", "http://a/b", 7, 0.5, True, [], ["x"], {}]
    return next(value for value in tried if fitting.accepts(value))


def inlined(node: Any) -> Any:
    """`node` with all references inlined."""
    if isinstance(node, dict):
        return {name: inlined(value) for name, value in (resolved(node) if "$ref" in node else node).items()}
    return [inlined(value) for value in node] if isinstance(node, list) else node


def in_query(value: Any) -> str:
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def filled(path: str, values: Mapping[str, Any]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: str(values[match[1]]), path)
