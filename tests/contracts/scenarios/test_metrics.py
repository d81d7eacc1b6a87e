"""The checks of metrics: the mock passes, and a correct deployment that decided otherwise is not accused."""

from __future__ import annotations

import pytest
from tests.contracts.conftest import Organization, failed, outcome
from tests.contracts.metrics_rules import Document, metrics, put
from tests.contracts.proxy import Call, Rule

from postfuze_contracts.model.instants import instant, iso
from postfuze_contracts.model.options import Access
from postfuze_contracts.model.verdicts import Outcome

STATEMENTS = {
    *("metrics.live", "metrics.snapshot-fallback", "metrics.series-switch", "metrics.window", "metrics.full-series"),
    *("metrics.oldest-first", "metrics.unix-and-iso", "metrics.echo", "metrics.value-fields", "metrics.series-fields"),
    "metrics.none-yet",
}


def test_the_mock_keeps_every_statement(organization: Organization) -> None:
    finished = organization.judge("metrics")
    assert outcome(finished, Outcome.PASS) == STATEMENTS
    seen = {each.assumption: each.choice for each in finished.observations}
    assert seen.pop("metrics.metric-sets") in {"per-platform", "all of them"}  # as the accounts looked at have it
    assert seen == {
        "metrics.window-echo": "iso-milliseconds",
        "metrics.open-bound": "null-echo",
        "metrics.empty-series": "empty-data",
        "metrics.inverted-window": "refused",
        "metrics.window-bounds": "inclusive",
        "metrics.snapshot-time": "daily-0600",
        "metrics.live-snapshot": "not-stored",
    }


def test_reading_is_enough(organization: Organization) -> None:
    assert outcome(organization.judge("metrics", access=Access.PASSIVE), Outcome.PASS) == STATEMENTS


def verbatim(document: Document, call: Call) -> Document:
    return {**document, **{name: call.query.get(name) for name in ("since", "until") if name in call.query}}


def live_is_stored(document: Document, call: Call) -> Document:
    """Each live pull of the account before is in its series; more have come meanwhile, as on a busy service."""
    now = call.instead("GET", call.path).json
    if now.get("source") != "live":
        return document
    now["captured_at"] = pulls.setdefault(call.path, now["captured_at"])
    low, high = (instant(document.get(name)) for name in ("since", "until"))
    if not (low or 0) <= (instant(now["captured_at"]) or 0) <= (high or 1e12):
        return document
    return {**document, "data": [*document["data"], {key: value for key, value in now.items() if key != "source"}]}


pulls: dict[str, str] = {}


def coarse(document: Document, _: Call) -> Document:
    """Timestamps of whole seconds, with an offset."""
    shown = {**document, "data": [coarse(each, _) for each in document["data"]]} if "data" in document else {**document}
    for name in ("captured_at", "since", "until"):
        if at := instant(shown.get(name)):
            shown[name] = iso(at // 1, 2).replace(".000", "")
    return shown


CORRECT: dict[str, Rule] = {
    "bounds as they were given": metrics(verbatim, "series"),
    "open bounds left out": metrics(
        lambda document, call: {k: v for k, v in document.items() if k not in {"since", "until"} - call.query.keys()},
        "series",
    ),
    "word of none in an empty window": metrics(
        lambda document, _: (
            document
            if document["data"]
            else {"social_account_id": document["social_account_id"], "metrics": None, "message": "None."}
        ),
        "series",
    ),
    "whole seconds and an offset": metrics(coarse, "live", "snapshot", "series"),
    "metrics that are null": metrics(
        lambda document, _: {"reach": None, "impressions": None, **document}, "live", "snapshot"
    ),
    "further fields": put("live", "snapshot", "series", "none-yet", extra={"a": 1}),
    "live pulls that are stored": metrics(live_is_stored, "series"),
}


@pytest.mark.parametrize("name", CORRECT)
def test_a_correct_deployment_is_not_accused(organization: Organization, name: str) -> None:
    finished = organization.judge("metrics", CORRECT[name])
    assert failed(finished) == set()
    assert outcome(finished, Outcome.PASS) == STATEMENTS


@pytest.mark.parametrize(
    "clock", [{"now": "2020-02-29T12:00:00.000Z", "frozen": True}, {"now": "2031-01-01T00:00:00.000Z"}]
)
def test_an_organization_with_a_clock_of_its_own_is_not_accused(organization: Organization, clock: Document) -> None:
    organization.levers.put_clock(**clock)
    assert failed(organization.judge("metrics")) == set()


def test_an_empty_organization_is_blocked(organization: Organization) -> None:
    organization.levers.reset(world="empty")
    finished = organization.judge("metrics")
    assert failed(finished) == set()
    assert outcome(finished, Outcome.BLOCKED) == STATEMENTS


@pytest.mark.parametrize(
    ("assumption", "choice"),
    [
        ("metrics.live-snapshot", "stored"),
        ("metrics.snapshot-time", "daily-0000"),
        ("metrics.window-bounds", "until-exclusive"),
        ("metrics.window-echo", "verbatim"),
        ("metrics.open-bound", "omitted"),
        ("metrics.empty-series", "message"),
        ("metrics.inverted-window", "empty-data"),
        ("metrics.refused-token", "snapshot"),
    ],
)
def test_each_way_to_decide_an_assumption_is_observed(organization: Organization, assumption: str, choice: str) -> None:
    organization.levers.reset(world={"assume": {assumption: choice}})
    finished = organization.judge("metrics")
    assert outcome(finished, Outcome.PASS) == STATEMENTS
    observed = {each.assumption: each.choice for each in finished.observations}
    assert observed.get(assumption, choice) == choice
