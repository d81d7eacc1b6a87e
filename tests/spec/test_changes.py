"""The comparison with the last release: what breaks, what does not, and what announces it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.spec.changes.__main__ import announced, main
from tests.spec.changes.breaking import Change, breaking_changes
from tests.support.processes import ROOT

from postfuze_mock import spec

Json = dict[str, Any]
Edit = Callable[[Json], object]


def changed(edit: Edit) -> Json:
    document = copy.deepcopy(spec.load())
    edit(document)
    return document


def listing(document: Json) -> Json:
    operation: Json = document["paths"]["/social-accounts"]["get"]
    return operation


def schema(document: Json, name: str) -> Json:
    found: Json = document["components"]["schemas"][name]
    return found


def parameter(document: Json, name: str) -> Json:
    return next(each for each in listing(document)["parameters"] if each.get("name") == name)


def renamed(document: Json, old: str, new: str) -> Json:
    schemas = document["components"]["schemas"]
    schemas[new] = schemas.pop(old)
    result: Json = json.loads(json.dumps(document).replace(f'/schemas/{old}"', f'/schemas/{new}"'))
    return result


def without_statement(document: Json) -> None:
    listing(document)["x-statements"] = [
        each for each in listing(document)["x-statements"] if each["id"] != "list.newest-first"
    ]


BREAKING: dict[str, tuple[str, str, Edit]] = {
    "operation": ("getSocialAccount", "is gone", lambda d: d["paths"]["/social-accounts/{id}"].pop("get")),
    "name of an operation": ("listSocialAccounts", "list", lambda d: listing(d).update(operationId="list")),
    "credentials": ("listSocialAccounts", "credentials", lambda d: listing(d).update(security=[])),
    "parameter": (
        "listSocialAccounts",
        "the query parameter limit is gone",
        lambda d: listing(d)["parameters"].remove(parameter(d, "limit")),
    ),
    "required parameter": (
        "listSocialAccounts",
        "the query parameter must is required",
        lambda d: listing(d)["parameters"].append({"name": "must", "in": "query", "required": True, "schema": {}}),
    ),
    "narrower parameter": (
        "listSocialAccounts",
        "the query parameter limit has another maximum: 10",
        lambda d: parameter(d, "limit")["schema"].update(maximum=10),
    ),
    "default of a parameter": (
        "listSocialAccounts",
        "another default",
        lambda d: parameter(d, "limit")["schema"].update(default=10),
    ),
    "response": ("listSocialAccounts", "the response 401 is gone", lambda d: listing(d)["responses"].pop("401")),
    "property of a response": (
        "getSocialAccount",
        "the response 200/username is gone",
        lambda d: schema(d, "SocialAccount")["properties"].pop("username"),
    ),
    "property of a webhook": (
        "AccountEvent",
        "/event is gone",
        lambda d: schema(d, "AccountEvent")["properties"].pop("event"),
    ),
    "property that may be absent": (
        "getSocialAccount",
        "the response 200/platform may be absent",
        lambda d: schema(d, "SocialAccount")["required"].remove("platform"),
    ),
    "property that may be null": (
        "listSocialAccounts",
        "the response 200/data[]/id may be null",
        lambda d: schema(d, "SocialAccount")["properties"]["id"].update(nullable=True),
    ),
    "type of a property": (
        "getSocialAccount",
        "another type: 'integer'",
        lambda d: schema(d, "SocialAccount")["properties"].update(username={"type": "integer", "nullable": True}),
    ),
    "required property of a body": (
        "finalizeConnection",
        "the body/consent is required",
        lambda d: schema(d, "PageSelection").update(required=[*schema(d, "PageSelection")["required"], "consent"]),
    ),
    "name of a schema": ("PendingPage", "the schema is gone", lambda d: d.update(renamed(d, "PendingPage", "Page"))),
    "statement": ("list.newest-first", "the statement is gone", without_statement),
    "choice": ("keys.modes", "the choice is separate", lambda d: d["x-assumptions"][0].update(choice="separate")),
}
COMPATIBLE: dict[str, Edit] = {
    "nothing": lambda _: None,
    "description": lambda d: listing(d).update(description="Lists."),
    "operation": lambda d: d["paths"].update({"/more": {"get": {"operationId": "more", "responses": {}}}}),
    "parameter": lambda d: listing(d)["parameters"].append({"name": "more", "in": "query", "schema": {}}),
    "wider parameter": lambda d: parameter(d, "limit")["schema"].update(maximum=200),
    "response": lambda d: listing(d)["responses"].update({"418": {"description": "A teapot."}}),
    "property of a response": lambda d: schema(d, "SocialAccount")["properties"].update(more={"type": "string"}),
    "required property of a response": lambda d: schema(d, "SocialAccount").update(
        properties={**schema(d, "SocialAccount")["properties"], "more": {"type": "string"}},
        required=[*schema(d, "SocialAccount")["required"], "more"],
    ),
    "property that is never null": lambda d: schema(d, "SocialAccount")["properties"]["username"].pop("nullable"),
    "property of a body": lambda d: schema(d, "PageSelection")["properties"].update(more={"type": "string"}),
    "statement": lambda d: listing(d)["x-statements"].append({"id": "list.more"}),
}


@pytest.mark.parametrize(("subject", "text", "edit"), BREAKING.values(), ids=BREAKING)
def test_breaking_change_is_reported_with_its_place(subject: str, text: str, edit: Edit) -> None:
    changes = breaking_changes(spec.load(), changed(edit))

    assert any(change.subject == subject and text in change.text for change in changes), changes


@pytest.mark.parametrize("edit", COMPATIBLE.values(), ids=COMPATIBLE)
def test_compatible_change_is_not_reported(edit: Edit) -> None:
    assert breaking_changes(spec.load(), changed(edit)) == []


def test_change_in_an_alternative_is_reported() -> None:
    changes = breaking_changes(
        spec.load(), changed(lambda d: schema(d, "MetricsSnapshot")["properties"].pop("followers"))
    )

    assert any(change.subject == "getSocialAccountMetrics" for change in changes), changes


def test_reference_and_its_content_are_the_same() -> None:
    def inline(document: Json) -> None:
        page = schema(document, "SocialAccountPage")
        page["properties"]["data"]["items"] = copy.deepcopy(schema(document, "SocialAccount"))

    assert breaking_changes(spec.load(), changed(inline)) == []


CHANGELOG = (
    "# Changelog\n\n## [2.0.0]\n\n### Breaking\n\n- `SocialAccountPage` is called `Page`.\n\n### Added\n\n- `more`\n"
)
OLDER = CHANGELOG + "\n## [1.0.0]\n\n### Breaking\n\n- `listSocialAccounts`\n"


def test_first_section_announces_what_it_lists_as_breaking() -> None:
    assert announced(OLDER) == {"SocialAccountPage", "Page"}
    assert announced("# Changelog\n") == set()


@pytest.mark.parametrize(
    ("changelog", "code", "line"),
    [
        ("# Changelog\n\n## [Unreleased]\n", 1, "BREAKING   SocialAccountPage: the schema is gone"),
        (CHANGELOG, 0, "announced  SocialAccountPage: the schema is gone"),
    ],
    ids=["unannounced", "announced"],
)
def test_only_an_announced_change_passes(
    changelog: str, code: int, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """JSON is YAML, too."""
    document = changed(lambda d: d.update(renamed(d, "SocialAccountPage", "Page")))
    (tmp_path / "openapi.yaml").write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text(changelog, encoding="utf-8")
    files = ("--spec", str(tmp_path / "openapi.yaml"), "--changelog", str(tmp_path / "CHANGELOG.md"))

    assert main(["--released", str(ROOT / "openapi.yaml"), *files]) == code
    assert line in capsys.readouterr().out.splitlines()


def test_before_the_first_release_nothing_can_break(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--released", str(tmp_path / "openapi.yaml")]) == 0
    assert "nothing was released yet" in capsys.readouterr().out


def test_change_is_reported_once() -> None:
    changes = breaking_changes(spec.load(), changed(lambda d: schema(d, "SocialAccount")["properties"].pop("username")))

    assert len(changes) == len(set(changes))
    assert Change("listSocialAccounts", "the response 200/data[]/username is gone") in changes
