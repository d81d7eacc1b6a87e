"""The catalogue of problem documents (`x-problems`) has every code that the mock raises, with what raises it."""

from __future__ import annotations

import ast
from typing import NamedTuple

import pytest
import yaml
from tests.mockserver.control.test_journal_reasons import DECIDED, REFUSALS, UNKNOWN, Call, names, refused
from tests.mockserver.control.test_journal_rules import COMPOSED, KNOWN, SOURCES, calls, rules_in_code
from tests.support.world import Json, World

from postfuze_mock import spec
from postfuze_mock.control import spec as control_spec

OF_THE_API: list[Json] = spec.load()["x-problems"]
OF_THE_CONTROL_API: list[Json] = yaml.safe_load(control_spec.FILE.read_bytes())["x-problems"]
CATALOGUE = [*OF_THE_API, *OF_THE_CONTROL_API]
SOURCE = "".join(file.read_text(encoding="utf-8") for file in SOURCES)
#: Rules that the source composes, or reads from the specification (`x-required-scope-under`).
COMPOSED_RULES = {f"{first}{rest}" for first, parts in COMPOSED.items() for rest in parts} | {"auth-url.scope"}


class Raised(NamedTuple):
    """A problem as the source raises it; `status` is None where it is computed."""

    code: str
    status: int | None


def raised() -> set[Raised]:
    """All problems with a literal code."""
    problems = set()
    for _file, call in calls("Problem"):
        codes = [
            each.value.value for each in call.keywords if each.arg == "code" and isinstance(each.value, ast.Constant)
        ]
        status = call.args[0].value if isinstance(call.args[0], ast.Constant) else None
        problems |= {Raised(str(code), status if isinstance(status, int) else None) for code in codes}
    return problems


def entries(code: str | None, status: int) -> list[Json]:
    return [each for each in CATALOGUE if each.get("code") == code and status in each["statuses"]]


def test_every_code_in_the_source_is_in_the_catalogue_with_its_status() -> None:
    catalogued = {each["code"]: each["statuses"] for each in CATALOGUE if "code" in each}

    assert len(raised()) > 25
    assert [each for each in raised() if each.code not in catalogued] == []
    assert [each for each in raised() if each.status and not entries(each.code, each.status)] == []


def test_every_code_of_the_catalogue_is_in_the_source() -> None:
    computed = {"service_unavailable"}  # the title of a fault's status

    assert {each["code"] for each in CATALOGUE if "code" in each and f'"{each["code"]}"' not in SOURCE} == computed


def test_every_rule_that_refuses_a_request_is_in_the_catalogue() -> None:
    rules = {rule for each in CATALOGUE for rule in each.get("rules", ())}

    assert rules_in_code() - rules == set()
    assert rules <= KNOWN
    assert [rule for rule in rules - COMPOSED_RULES if f'"{rule}"' not in SOURCE] == []


def test_no_two_entries_have_the_same_address() -> None:
    for catalogue in (OF_THE_API, OF_THE_CONTROL_API):
        addresses = [each.get("code", each["statuses"][0]) for each in catalogue]
        assert len(set(addresses)) == len(addresses)


@pytest.mark.parametrize(("rule", "status", "call"), REFUSALS, ids=names(REFUSALS))
def test_refusal_is_in_the_catalogue_with_its_rule(
    world: World, demo: World, rule: str, status: int, call: Call
) -> None:
    call(world)
    problem = refused(demo if rule == "auth.malformed" else world)["problem"]

    assert [each for each in entries(problem.get("code"), status) if rule in each["rules"]], problem


@pytest.mark.parametrize(("rule", "alternative", "status", "call"), DECIDED, ids=names(DECIDED))
def test_refusal_by_an_assumption_is_in_the_catalogue(
    world: World, rule: str, alternative: str, status: int, call: Call
) -> None:
    world.reset(world={"assume": {rule: alternative}})
    call(world)
    problem = refused(world)["problem"]

    assert [each for each in entries(problem.get("code"), status) if rule in each["rules"]], problem


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/accounts?limit=0", {}, 400),
        ("GET", f"/accounts/{UNKNOWN}", {}, 404),
        ("DELETE", "/faults/none", {}, 404),
        ("POST", f"/events/{UNKNOWN}/redeliver", {}, 404),
        ("GET", "/clock", {"Host": "evil.test"}, 421),
        ("GET", "/clock", {"Origin": "http://evil.test"}, 403),
    ],
)
def test_refusal_of_the_control_api_is_in_its_own_catalogue(
    world: World, method: str, path: str, headers: dict[str, str | bytes], status: int
) -> None:
    response = world.request(method, f"/_mock{path}", {**world.bearer(), **headers})
    code = response.json()["code"]

    assert response.status_code == status
    assert [each for each in OF_THE_CONTROL_API if each["code"] == code and status in each["statuses"]]
