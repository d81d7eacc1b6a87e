"""Invariants of every operation: ids, descriptions, errors, links, requirements of Connexion."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator, oas30_format_checker

from postfuze_mock import spec
from postfuze_mock.spec import METHODS, Operation

DOCUMENT = spec.load()
OPERATIONS = spec.operations()
# Maps and lists whose entries describe themselves.
DESCRIBED = ("properties", "parameters", "responses", "headers", "schemas", "tags", "links", "securitySchemes")
each_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda operation: operation.id)


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """`node`, or the component that it refers to."""
    if "$ref" not in node:
        return node
    _, _, kind, name = node["$ref"].split("/")
    component: dict[str, Any] = DOCUMENT["components"][kind][name]
    return component


def responses(operation: Operation) -> dict[str, dict[str, Any]]:
    return {status: resolved(response) for status, response in operation.definition["responses"].items()}


def parameters(operation: Operation) -> list[dict[str, Any]]:
    return [resolved(parameter) for parameter in operation.definition.get("parameters", ())]


def is_keyed(operation: Operation) -> bool:
    return bool(operation.definition.get("security", DOCUMENT["security"]))


def links() -> Iterator[tuple[Operation, dict[str, Any], dict[str, Any]]]:
    """Each link with its operation and response."""
    for operation in OPERATIONS.values():
        for response in responses(operation).values():
            for link in response.get("links", {}).values():
                yield operation, response, link


def example_of(response: dict[str, Any]) -> Any:
    media = response["content"]["application/json"]
    return media["example"] if "example" in media else resolved(next(iter(media["examples"].values())))["value"]


def undescribed(node: Any, place: str) -> Iterator[str]:
    """The parameters, responses, bodies, headers, schemas, properties and tags below `node` without a description."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from undescribed(item, f"{place}/{index}")
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("example", "examples", "required", "enum") or str(key).startswith("x-"):
                continue
            if key in DESCRIBED:
                entries = value.items() if isinstance(value, dict) else enumerate(value)
                yield from (f"{place}/{key}/{name}" for name, entry in entries if not described(entry))
            if key == "requestBody" and not described(value):
                yield f"{place}/{key}"
            yield from undescribed(value, f"{place}/{key}")


def described(entry: Any) -> bool:
    return not isinstance(entry, dict) or bool(resolved(entry).get("description", "").strip())


def test_operation_ids_are_unique() -> None:
    ids = [
        definition["operationId"]
        for item in DOCUMENT["paths"].values()
        for method, definition in item.items()
        if method in METHODS
    ]
    assert sorted(ids) == sorted(set(ids)) == sorted(OPERATIONS)


def test_everything_has_a_description() -> None:
    assert list(undescribed(DOCUMENT, "")) == []


@each_operation
def test_operation_has_a_summary_and_an_existing_tag(operation: Operation) -> None:
    definition = operation.definition
    assert definition["summary"]
    assert definition["description"]
    assert set(definition["tags"]) < {tag["name"] for tag in DOCUMENT["tags"]}


def test_parameters_are_declared_at_operations() -> None:
    assert [path for path, item in DOCUMENT["paths"].items() if not set(item) <= set(METHODS)] == []


@each_operation
def test_path_parameters_are_those_of_the_path(operation: Operation) -> None:
    names = [parameter["name"] for parameter in parameters(operation) if parameter["in"] == "path"]
    assert names == re.findall(r"{(\w+)}", operation.path)


@each_operation
def test_parameter_names_are_unique_per_operation(operation: Operation) -> None:
    names = [parameter["name"] for parameter in parameters(operation)]
    assert sorted(names) == sorted(set(names))


@each_operation
def test_parameter_has_one_plain_type(operation: Operation) -> None:
    schemas = {parameter["name"]: resolved(parameter["schema"]) for parameter in parameters(operation)}
    assert [name for name, schema in schemas.items() if not isinstance(schema.get("type"), str)] == []


def test_file_contains_no_jinja() -> None:
    assert not re.search(rb"{%|{{|{#", spec.load_bytes())


@each_operation
def test_literal_paths_precede_patterns(operation: Operation) -> None:
    """The router takes the first match; a session token may look like the end of another path."""
    request_path = re.sub(r"{\w+}", "health", operation.path)
    patterns = {path: re.sub(r"{\w+}", "[^/]+", path) for path in DOCUMENT["paths"]}
    assert next(path for path, pattern in patterns.items() if re.fullmatch(pattern, request_path)) == operation.path


@each_operation
def test_declared_errors_are_those_that_can_happen(operation: Operation) -> None:
    keyed, body = is_keyed(operation), "requestBody" in operation.definition
    declared = {
        status: status in responses(operation) for status in ("401", "403", "413", "415", "default", "503", "406")
    }
    scoped = "x-required-scope" in operation.definition
    always = {"default": True, "503": True, "406": True}
    assert declared == {"401": keyed, "403": scoped, "413": body, "415": body, **always}


@each_operation
def test_rate_limited_operation_declares_429(operation: Operation) -> None:
    is_limited = is_keyed(operation) or any(
        operation.method in bucket.get("methods", ()) and operation.path.startswith(bucket["path_prefix"])
        for bucket in DOCUMENT["x-rate-limits"]
    )
    assert ("429" in responses(operation)) == is_limited


@each_operation
def test_errors_are_problem_documents_and_successes_json(operation: Operation) -> None:
    for status, response in responses(operation).items():
        media_type = "application/json" if status == "200" else "application/problem+json"
        assert list(response["content"]) == [media_type]
        problem = response["content"][media_type]["schema"] == {"$ref": "#/components/schemas/Problem"}
        assert problem == (status != "200")


@each_operation
def test_429_and_503_promise_retry_after_and_401_a_challenge(operation: Operation) -> None:
    refusals = {status: response for status, response in responses(operation).items() if status != "200"}
    promised = {status: sorted(response.get("headers", {})) for status, response in refusals.items()}
    expected = {"429": ["Retry-After"], "503": ["Retry-After"], "401": ["WWW-Authenticate"]}
    assert promised == {status: expected.get(status, []) for status in promised}


def test_links_cover_the_life_of_an_account() -> None:
    led = {(operation.id, link["operationId"]) for operation, _, link in links()}
    assert led == {
        ("listSocialAccounts", "getSocialAccount"),
        ("getSocialAccount", "deleteSocialAccount"),
        ("getSocialAccount", "getSocialAccountMetrics"),
        ("getSocialAccount", "getSocialAccountHealth"),
        ("listPendingPages", "finalizeConnection"),
        ("finalizeConnection", "getSocialAccount"),
    }


@pytest.mark.parametrize(
    ("operation", "response", "link"), list(links()), ids=[f"{o.id} {link['operationId']}" for o, _, link in links()]
)
def test_link_supplies_the_parameters_of_its_target(
    operation: Operation, response: dict[str, Any], link: dict[str, Any]
) -> None:
    needed = {each["name"]: each for each in parameters(OPERATIONS[link["operationId"]]) if each.get("required")}
    assert set(link["parameters"]) == set(needed)
    for name, expression in link["parameters"].items():
        value = evaluated(expression, operation, example_of(response))
        schema = {**needed[name]["schema"], "components": DOCUMENT["components"]}
        assert OAS30Validator(schema, format_checker=oas30_format_checker).is_valid(value)


def evaluated(expression: str, operation: Operation, response: Any) -> Any:
    """The value of a runtime expression for the examples of a call."""
    if expression.startswith("$request.path."):
        name = expression.removeprefix("$request.path.")
        return next(each["example"] for each in parameters(operation) if each["name"] == name)
    for part in expression.removeprefix("$response.body#/").split("/"):
        response = response[int(part)] if isinstance(response, list) else response[part]
    return response


def test_every_component_is_used() -> None:
    references = set(re.findall(r"#/components/(\w+/\w+)", spec.load_bytes().decode()))
    names = {f"{kind}/{name}" for kind, entries in DOCUMENT["components"].items() for name in entries}
    assert names - {"securitySchemes/bearer"} == references
