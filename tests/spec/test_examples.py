"""Every response and body has an example that follows its schema, by a validator other than the mock's."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple

import pytest
from openapi_schema_validator import OAS30Validator, oas30_format_checker

from postfuze_mock import spec
from postfuze_mock.problems import title

DOCUMENT = spec.load()
SCHEMAS = DOCUMENT["components"]["schemas"]


class Example(NamedTuple):
    """A value with its schema; `place` says in words where it stands."""

    place: str
    schema: dict[str, Any]
    value: Any


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """`node`, or the component that it refers to."""
    if "$ref" not in node:
        return node
    _, _, kind, name = node["$ref"].split("/")
    component: dict[str, Any] = DOCUMENT["components"][kind][name]
    return component


def values(media: dict[str, Any]) -> dict[str, Any]:
    """The examples of a Media Type Object by name; a single one, also that of its schema, has none."""
    if "examples" in media:
        return {name: resolved(example)["value"] for name, example in media["examples"].items()}
    return {"": media["example"] if "example" in media else resolved(media["schema"])["example"]}


def of_content(place: str, content: dict[str, Any]) -> Iterator[Example]:
    for media_type, media in content.items():
        for name, value in values(media).items():
            yield Example(f"{place} {media_type} {name}".strip(), media["schema"], value)


def of_responses() -> Iterator[tuple[str, Example]]:
    """The examples of all responses, with their statuses."""
    for operation in spec.operations().values():
        for status, reference in operation.definition["responses"].items():
            for example in of_content(f"{operation.id} {status}", resolved(reference)["content"]):
                yield status, example


def of_requests() -> Iterator[Example]:
    for operation in spec.operations().values():
        yield from of_content(f"{operation.id} body", operation.definition.get("requestBody", {}).get("content", {}))
        for parameter in map(resolved, operation.definition.get("parameters", ())):
            if "example" in parameter:
                yield Example(f"{operation.id} {parameter['name']}", parameter["schema"], parameter["example"])


def of_headers() -> Iterator[Example]:
    for name, header in DOCUMENT["components"]["headers"].items():
        yield Example(name, header["schema"], header["example"])


def violations(schema: dict[str, Any], value: Any) -> list[str]:
    validator = OAS30Validator({**schema, "components": DOCUMENT["components"]}, format_checker=oas30_format_checker)
    return [error.message for error in validator.iter_errors(value)]


def component(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def example_of(schema: str) -> Any:
    """The first response's example of a component schema, a copy."""
    reference = component(schema)
    return deepcopy(next(example.value for _, example in of_responses() if example.schema == reference))


RESPONSES = list(of_responses())
each_object = pytest.mark.parametrize("name", ["SocialAccount", "AccountHealth", "AccountDeleted", "ServiceHealth"])


def test_example_follows_its_schema() -> None:
    for example in [*(each for _, each in RESPONSES), *of_requests(), *of_headers()]:
        assert violations(example.schema, example.value) == [], example.place


def test_every_response_and_body_has_an_example() -> None:
    places = {example.place.split(" application/")[0] for example in [*(e for _, e in RESPONSES), *of_requests()]}
    for operation in spec.operations().values():
        assert {f"{operation.id} {status}" for status in operation.definition["responses"]} <= places
        assert "requestBody" not in operation.definition or f"{operation.id} body" in places


def test_problem_example_has_the_status_and_phrase_of_its_response() -> None:
    for status, example in RESPONSES:
        if status[0] in "45":
            values = (example.value["status"], example.value["title"])
            assert values == (int(status), title(int(status))), example.place


@each_object
def test_every_documented_field_that_cannot_be_null_is_required(name: str) -> None:
    for field, schema in SCHEMAS[name]["properties"].items():
        value = example_of(name)
        del value[field]
        assert bool(violations(component(name), value)) is not schema.get("nullable", False), field


@each_object
def test_unnamed_fields_are_allowed(name: str) -> None:
    assert violations(component(name), {**example_of(name), "added_later": {"a": [1]}}) == []


@pytest.mark.parametrize(
    ("name", "nullable"),
    [
        (
            "SocialAccount",
            "tenant_id username display_name profile_image_url account_type token_expires_at last_synced_at",
        ),
        ("AccountHealth", "error_code token_expires_at"),
    ],
)
def test_only_documented_fields_are_nullable(name: str, nullable: str) -> None:
    value = example_of(name)
    allowed = [field for field in value if not violations(component(name), {**value, field: None})]
    assert sorted(allowed) == sorted(nullable.split())


def test_status_and_platform_of_an_answer_are_open() -> None:
    account = example_of("SocialAccount")
    for value in ({"status": "migrating"}, {"platform": "mastodon"}):
        assert violations(component("SocialAccount"), {**account, **value}) == []


def test_platform_of_a_request_is_closed() -> None:
    assert violations(component("Platform"), "x") == []
    assert violations(component("Platform"), "mastodon")
