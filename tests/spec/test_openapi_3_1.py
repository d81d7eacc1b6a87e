"""The OpenAPI 3.1 document says the same as openapi.yaml, in the terms of 3.1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator, OAS31Validator, oas30_format_checker, oas31_format_checker
from openapi_spec_validator import OpenAPIV31SpecValidator
from tests.spec import test_examples as examples

from postfuze_mock import openapi_3_1, spec

OLD = spec.load()
NEW = openapi_3_1.derived(OLD)
SCHEMAS = OLD["components"]["schemas"]
EVENTS = {"account.connected", "account.disconnected", "account.token_expired", "account.reauth_required"}

#: Values of every type, and texts and members that the schemas name.
_TEXTS = ["x", "live", "snapshot", "2026-06-14T12:10:00.000Z", "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234", "1780272000"]
_words = st.sampled_from([*sorted({name for each in SCHEMAS.values() for name in each.get("properties", {})}), *_TEXTS])
_leaves = st.none() | st.booleans() | st.integers(-1, 600) | st.floats(allow_nan=False) | _words | st.text(max_size=5)
_values = st.recursive(
    _leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words | st.text(max_size=5), inner, max_size=6),
    max_leaves=12,
)


def valid(value: Any, name: str) -> tuple[bool, bool]:
    """Whether the schema called `name` allows `value`, by OpenAPI 3.0 and by 3.1."""
    reference = {"$ref": f"#/components/schemas/{name}"}
    old = OAS30Validator({**reference, "components": OLD["components"]}, format_checker=oas30_format_checker)
    new = OAS31Validator({**reference, "components": NEW["components"]}, format_checker=oas31_format_checker)
    return old.is_valid(value), new.is_valid(value)


def samples() -> Iterator[tuple[str, Any]]:
    """The examples of the document with the names of their schemas."""
    for example in [*(each for _, each in examples.RESPONSES), *examples.of_requests()]:
        if "$ref" in example.schema:
            yield example.schema["$ref"].rsplit("/", 1)[1], example.value
    for webhook in NEW["webhooks"].values():
        yield "AccountEvent", webhook["post"]["requestBody"]["content"]["application/json"]["example"]


def altered(value: Any, replacement: Any) -> Iterator[Any]:
    """`value`, once for each of its members and items: without it, and with `replacement` in its place."""
    if isinstance(value, dict):
        for key in value:
            yield {name: each for name, each in value.items() if name != key}
            yield from ({**value, key: other} for other in (replacement, *altered(value[key], replacement)))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            changes = ((replacement,), *((other,) for other in altered(each, replacement)), ())
            yield from ([*value[:index], *change, *value[index + 1 :]] for change in changes)


def test_document_is_valid() -> None:
    OpenAPIV31SpecValidator(NEW).validate()


def test_operations_are_the_same() -> None:
    assert list(NEW["paths"]) == list(OLD["paths"])
    for path, item in OLD["paths"].items():
        assert {method: each["operationId"] for method, each in NEW["paths"][path].items()} == {
            method: each["operationId"] for method, each in item.items()
        }


def test_all_but_the_schemas_and_the_webhooks_is_the_same() -> None:
    """The words, parameters, statuses, headers, links, statements and assumptions."""

    def without_schemas(node: Any) -> Any:
        if isinstance(node, dict):
            return {k: without_schemas(v) for k, v in node.items() if k not in ("schema", "schemas")}
        return [without_schemas(each) for each in node] if isinstance(node, list) else node

    own = {"openapi", "webhooks", "x-webhooks", "x-extensions"}
    old, new = ({k: v for k, v in without_schemas(each).items() if k not in own} for each in (OLD, NEW))
    assert new == old


def test_events_are_webhooks() -> None:
    assert set(NEW["webhooks"]) == EVENTS == set(SCHEMAS["AccountEventName"]["x-extensible-enum"])
    assert NEW["webhooks"] == OLD["x-webhooks"]
    assert "x-webhooks" not in NEW


def test_no_word_of_openapi_3_0_is_left() -> None:
    text = openapi_3_1.dumped({**NEW, "x-statements": [], "x-assumptions": [], "x-extensions": []})
    assert "nullable:" not in text
    for schema in NEW["components"]["schemas"].values():
        assert "example" not in schema


@pytest.mark.parametrize("name", SCHEMAS)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(value=_values)
def test_schema_allows_the_same_values(name: str, value: Any) -> None:
    old, new = valid(value, name)
    assert old == new


@pytest.mark.parametrize(("name", "value"), list(samples()))
def test_example_is_valid_in_both_and_altered_the_same_in_both(name: str, value: Any) -> None:
    assert valid(value, name) == (True, True)
    replacements: list[Any] = [None, 7, "text", [], {}]
    for replacement in replacements:
        for other in altered(value, replacement):
            old, new = valid(other, name)
            assert old == new, other


def test_derivation_leaves_the_document_alone() -> None:
    before = yaml.dump(OLD)
    openapi_3_1.derived(OLD)
    assert yaml.dump(OLD) == before


def test_nullable_enum_allows_null() -> None:
    schema = {"type": "string", "enum": ["a"], "nullable": True, "example": "a"}
    document = {"openapi": "3.0.3", "paths": {}, "components": {"schemas": {"A": schema}}}
    derived = openapi_3_1.derived(document)["components"]["schemas"]["A"]
    assert derived == {"type": ["string", "null"], "enum": ["a", None], "examples": ["a"]}


def test_member_may_be_called_like_a_keyword() -> None:
    schema = {"type": "object", "properties": {"nullable": {"type": "string", "nullable": True}}}
    document = {"openapi": "3.0.3", "paths": {}, "components": {"schemas": {"A": schema}}}
    derived = openapi_3_1.derived(document)["components"]["schemas"]["A"]
    assert derived["properties"] == {"nullable": {"type": ["string", "null"]}}
