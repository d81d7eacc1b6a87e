"""What makes generated clients good: no schema becomes a junk model or an unnamed one, and comments speak of the
service alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from postfuze_mock import spec

DOCUMENT = spec.load()
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
SERVICE_TAGS = {"Accounts", "Metrics", "Health", "Connect flow", "Service"}


def nodes(node: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every object below `node` with its path, except what extensions and examples have."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            if not str(key).startswith("x-") and key not in ("example", "examples"):
                yield from nodes(value, (*path, str(key)))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from nodes(value, (*path, str(index)))


ALL = list(nodes(DOCUMENT))


def test_no_schema_has_a_not() -> None:
    """OpenAPI Generator makes a model of each."""
    assert [path for path, node in ALL if "not" in node and path[-1:] != ("properties",)] == []


def test_every_enum_is_a_component() -> None:
    """Others get made-up names, a different one in each generator."""
    assert [path for path, node in ALL if "enum" in node and path[:-1] != ("components", "schemas")] == []


def test_no_value_is_in_two_enums() -> None:
    """In Go each value is a constant of the whole package."""
    values = [value for schema in SCHEMAS.values() for value in schema.get("enum", ())]
    assert len(set(values)) == len(values)


def test_no_two_schemas_differ_by_an_s_or_by_case() -> None:
    """openapi-python-client makes module names of them, and mypy confuses the modules."""
    assert len({name.lower().rstrip("s") for name in SCHEMAS}) == len(SCHEMAS)


def test_several_examples_are_references() -> None:
    """OpenAPI Generator warns of examples in place ("Failed to get the schema name")."""
    examples = [each for path, node in ALL if path[:1] == ("paths",) for each in node.get("examples", {}).values()]
    assert examples
    assert [example for example in examples if set(example) != {"$ref"}] == []


def test_example_of_a_body_stands_at_its_schema() -> None:
    """OpenAPI Generator ignores one beside the schema for Java, and warns of it."""
    assert [
        path for path, node in ALL if path[-2:-1] == ("content",) and "requestBody" in path and "example" in node
    ] == []


def test_descriptions_do_not_speak_of_the_mock() -> None:
    texts = {path: f"{node.get('description')} {node.get('summary')}" for path, node in ALL if path[:1] != ("servers",)}
    assert [path for path, text in texts.items() if "mock" in text.lower()] == []


def test_each_operation_has_a_tag_of_its_subject() -> None:
    tags = [operation.definition["tags"] for operation in spec.operations().values()]
    assert {len(each) for each in tags} == {1}
    assert {each[0] for each in tags} == SERVICE_TAGS == {tag["name"] for tag in DOCUMENT["tags"]}


def test_no_member_is_named_twice() -> None:
    """Our loader takes the last of them, others refuse the document."""

    def repeated(node: yaml.Node | None) -> Iterator[str]:
        if isinstance(node, yaml.MappingNode):
            names = [key.value for key, _ in node.value]
            yield from (f"line {key.start_mark.line + 1}" for key, _ in node.value if names.count(key.value) > 1)
            for _, value in node.value:
                yield from repeated(value)
        elif isinstance(node, yaml.SequenceNode):
            for value in node.value:
                yield from repeated(value)

    assert list(repeated(yaml.compose(spec.load_bytes(), Loader=yaml.CSafeLoader))) == []


def test_bearer_format_is_one_word() -> None:
    assert DOCUMENT["components"]["securitySchemes"]["bearer"]["bearerFormat"].isalpha()


def test_each_extension_of_the_document_is_explained() -> None:
    explained = {entry["name"] for entry in DOCUMENT["x-extensions"]}
    assert {key for key in DOCUMENT if key.startswith("x-")} <= explained | {"x-extensions"}
