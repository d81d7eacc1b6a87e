"""The three forms of a metrics response exclude each other; the bounds of a window are as documented."""

import re
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator, oas30_format_checker

from postfuze_mock import spec

COMPONENTS = spec.load()["components"]
FORMS = [reference["$ref"].rsplit("/", 1)[1] for reference in COMPONENTS["schemas"]["AccountMetrics"]["oneOf"]]
INSTANT = re.compile(COMPONENTS["schemas"]["Instant"]["pattern"])

_responses = spec.operations()["getSocialAccountMetrics"].definition["responses"]
EXAMPLES = {
    name: COMPONENTS["examples"][reference["$ref"].rsplit("/", 1)[1]]["value"]
    for name, reference in _responses["200"]["content"]["application/json"]["examples"].items()
}
LIVE, SERIES, NONE_YET = EXAMPLES["live"], EXAMPLES["series"], EXAMPLES["none-yet"]


def matching(value: Any) -> list[str]:
    """The forms whose schema `value` follows."""
    return [form for form in FORMS if _validator(form).is_valid(value)]


def _validator(name: str) -> OAS30Validator:
    schema = {"$ref": f"#/components/schemas/{name}", "components": COMPONENTS}
    return OAS30Validator(schema, format_checker=oas30_format_checker)


def without(value: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: member for name, member in value.items() if name not in names}


def test_each_form_has_an_example() -> None:
    assert {form for example in EXAMPLES.values() for form in matching(example)} == set(FORMS)


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_example_has_exactly_one_form(name: str) -> None:
    assert len(matching(EXAMPLES[name])) == 1


@pytest.mark.parametrize(
    ("value", "form"),
    [
        pytest.param({**SERIES, "data": []}, "MetricsSeries", id="empty series"),
        pytest.param({**SERIES, "since": None, "until": None}, "MetricsSeries", id="open bounds as null"),
        pytest.param(without(SERIES, "since", "until"), "MetricsSeries", id="open bounds left out"),
        pytest.param({**SERIES, "since": "1780272000"}, "MetricsSeries", id="bound echoed verbatim"),
        pytest.param(without(LIVE, "followers", "following", "posts_count"), "MetricsValue", id="no metrics"),
        pytest.param({**NONE_YET, "network": "x"}, "MetricsNotCollected", id="none yet, with its network"),
    ],
)  # fmt: skip
def test_valid_response_has_exactly_one_form(value: dict[str, Any], form: str) -> None:
    assert matching(value) == [form]


@pytest.mark.parametrize("name", EXAMPLES)
def test_response_without_a_required_member_has_no_form(name: str) -> None:
    form = COMPONENTS["schemas"][matching(EXAMPLES[name])[0]]
    snapshot = COMPONENTS["schemas"]["MetricsSnapshot"]["required"]
    required = form.get("required") or [*snapshot, *form["allOf"][1]["required"]]
    for member in required:
        assert matching(without(EXAMPLES[name], member)) == [], member


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({**LIVE, "source": "cache"}, id="unknown source"),
        pytest.param({**LIVE, "followers": "18420"}, id="metric as a string"),
        pytest.param({**LIVE, "captured_at": "yesterday"}, id="no timestamp"),
        pytest.param({**SERIES, "data": {}}, id="data no array"),
        pytest.param({**NONE_YET, "metrics": {"followers": 1}}, id="metrics beside the message"),
    ],
)
def test_undocumented_response_has_no_form(value: dict[str, Any]) -> None:
    assert matching(value) == []


@pytest.mark.parametrize(
    "text",
    ["0", "1780272000", "2026-06-01", "2026-06-01T00:00Z", "2026-06-01T00:00:00", "2026-06-01T00:00:00.000Z",
     "2026-06-01t00:00:00.123456789z", "2026-06-01 00:00:00+02:00", "2026-06-01T00:00:00-11:30",
     "2026-06-01T00:00:00 02:00", "-1", "1.5", "4294967296", "253402300799", "2026-06", "20260601T000000Z",
     "2026-W23-1", "2026W23", "2026-152", "2026-05-31T24:00:00Z", "2026-06-01T00,5+00",
     "2026-06-01T00:00:00\u22120200"],
)  # fmt: skip
def test_valid_bound_is_accepted(text: str) -> None:
    assert INSTANT.search(text)


@pytest.mark.parametrize(
    "text",
    ["", "now", "+1", "1.", "1e9", "\u0661\u0662", "2026-13-01", "2026-00-10", "2026-06-32",
     "2026-06-01T25:00:00Z", "2026-06-01T00:60:00Z", "2026-06-01T00:00:00+2", "2026-06-01T", "2026-W23-8", "2026-Q2",
     " 1780272000", "1780272000 "],
)  # fmt: skip
def test_invalid_bound_is_refused(text: str) -> None:
    assert not INSTANT.search(text)
