"""The checks of metrics: the mock passes, each deployment that breaks a statement fails by it, and a correct one that
decided otherwise is not accused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.contracts.conftest import Organization, failed, outcome
from tests.contracts.proxy import Answer, Call, Rule

from postfuze_contracts.instants import instant, iso
from postfuze_contracts.options import Access
from postfuze_contracts.verdicts import Outcome

STATEMENTS = {
    *("metrics.live", "metrics.snapshot-fallback", "metrics.series-switch", "metrics.window", "metrics.full-series"),
    *("metrics.oldest-first", "metrics.unix-and-iso", "metrics.echo", "metrics.value-fields", "metrics.series-fields"),
    "metrics.none-yet",
}
Document = dict[str, Any]
WIDEST = "/social-accounts/{id}/metrics?since=2001-01-01T00:00:00Z"


def kind(document: Document) -> str:
    """`live`, `snapshot`, `series` or `none-yet`."""
    if "data" in document:
        return "series"
    return str(document.get("source", "none-yet"))


def metrics(change: Callable[[Document, Call], Document | Answer], *kinds: str) -> Rule:
    """Metrics of these kinds are changed, all others are as they were."""

    def rule(call: Call) -> Answer:
        answer = call.forward()
        if not call.path.endswith("/metrics") or answer.status != 200 or kind(answer.json) not in kinds:
            return answer
        changed = change(answer.json, call)
        return changed if isinstance(changed, Answer) else answer.but(changed)

    return rule


def put(*kinds: str, **members: Any) -> Rule:
    return metrics(lambda document, _: {**document, **members}, *kinds)


def drop(name: str, *kinds: str) -> Rule:
    return metrics(lambda document, _: {key: value for key, value in document.items() if key != name}, *kinds)


def series(change: Callable[[list[Document]], list[Document]]) -> Rule:
    return metrics(lambda document, _: {**document, "data": change(document["data"])}, "series")


def row(**members: Any) -> Rule:
    return series(lambda data: [{**each, **members} for each in data])


def query(change: Callable[[dict[str, str]], dict[str, str]]) -> Rule:
    """Another query than was asked for reaches the mock, and the echo is that of the one that was asked."""

    def rule(call: Call) -> Answer:
        asked = call.query
        if not call.path.endswith("/metrics") or not asked:
            return call.forward()
        answer = call.instead("GET", f"{call.path}?{'&'.join(f'{k}={v}' for k, v in change(asked).items())}")
        if answer.status != 200 or "data" not in answer.json:
            return answer
        true = call.forward()
        echo = {name: true.json.get(name) for name in ("since", "until")} if true.status == 200 else {}
        return answer.but({**answer.json, **echo})

    return rule


def later(seconds: float) -> Callable[[Document, Call], Document]:
    def change(document: Document, _: Call) -> Document:
        at = instant(document["captured_at"])
        return {**document, "captured_at": iso((at or 0) + seconds)}

    return change


def latest(index: int) -> Callable[[Document, Call], Document | Answer]:
    """Another snapshot of the account, in place of what was answered."""

    def change(document: Document, call: Call) -> Document | Answer:
        answer = call.instead("GET", f"{call.path}?since=2001-01-01T00:00:00Z")
        stored = answer.json["data"]
        return {**stored[index], "source": "snapshot"} if stored else document

    return change


def gone(_: Document, call: Call) -> Answer:
    return call.instead("GET", "/social-accounts/00000000-0000-4000-8000-000000000000")


first_seen: dict[str, str] = {}


def remembered(document: Document, call: Call) -> Document:
    return {**document, "captured_at": first_seen.setdefault(call.path, document["captured_at"])}


def without_bound(name: str) -> Callable[[dict[str, str]], dict[str, str]]:
    # Only where both are given: either bound still switches.
    return lambda asked: {key: value for key, value in asked.items() if key != name or len(asked) == 1}


def unix_is_milliseconds(asked: dict[str, str]) -> dict[str, str]:
    return {name: str(int(value) // 1000) if value.isdigit() else value for name, value in asked.items()}


def offset_is_ignored(asked: dict[str, str]) -> dict[str, str]:
    return {name: f"{value[:23]}Z" if value[-6:-5] in ("+", "-", " ") else value for name, value in asked.items()}


BROKEN: dict[str, tuple[Rule, str]] = {
    "a live value of last year": (metrics(later(-31_536_000), "live"), "metrics.live"),
    "a live value of an hour ago": (metrics(later(-3_600), "live"), "metrics.live"),
    "a live value of tomorrow": (metrics(later(86_400), "live"), "metrics.live"),
    "a live value kept": (metrics(remembered, "live"), "metrics.live"),
    "snapshots preferred": (metrics(latest(-1), "live"), "metrics.live"),
    "source: cache": (put("live", source="cache"), "metrics.value-fields"),
    "no source": (drop("source", "live", "snapshot"), "metrics.value-fields"),
    "no network": (drop("network", "live"), "metrics.value-fields"),
    "another network": (put("live", network="myspace"), "metrics.value-fields"),
    "no account": (drop("social_account_id", "live"), "metrics.value-fields"),
    "another account": (put("live", social_account_id="x"), "metrics.value-fields"),
    "no time": (drop("captured_at", "live"), "metrics.value-fields"),
    "unix time": (put("live", captured_at=1_780_000_000), "metrics.value-fields"),
    "no payload": (drop("raw", "live"), "metrics.value-fields"),
    "a payload of text": (put("live", raw="{}"), "metrics.value-fields"),
    "followers of text": (put("live", followers="18420"), "metrics.value-fields"),
    "the oldest snapshot": (metrics(latest(0), "snapshot"), "metrics.snapshot-fallback"),
    "the snapshot before": (metrics(latest(-2), "snapshot"), "metrics.snapshot-fallback"),
    "other numbers": (put("snapshot", followers=1, impressions=2), "metrics.snapshot-fallback"),
    "none yet, though there are": (
        metrics(
            lambda document, _: {
                "social_account_id": document["social_account_id"],
                "metrics": None,
                "message": "None yet.",
            },
            "snapshot",
        ),
        "metrics.snapshot-fallback",
    ),
    "404 without a platform": (metrics(gone, "snapshot"), "metrics.snapshot-fallback"),
    "404 for none yet": (metrics(gone, "none-yet"), "metrics.none-yet"),
    "no message": (drop("message", "none-yet"), "metrics.none-yet"),
    "no metrics: null": (drop("metrics", "none-yet"), "metrics.none-yet"),
    "metrics: {}": (put("none-yet", metrics={}), "metrics.none-yet"),
    "nulls for none yet": (
        metrics(
            lambda document, _: {
                "social_account_id": document["social_account_id"],
                "source": "snapshot",
                "captured_at": None,
                "followers": None,
                "raw": {},
            },
            "none-yet",
        ),
        "metrics.none-yet",
    ),
    "zeros for none yet": (
        metrics(
            lambda document, call: {
                "social_account_id": document["social_account_id"],
                "source": "snapshot",
                "network": call.instead("GET", call.path.removesuffix("/metrics")).json["platform"],
                "captured_at": iso(1_780_000_000),
                "followers": 0,
                "raw": {},
            },
            "none-yet",
        ),
        "metrics.none-yet",
    ),
    "the newest first": (series(lambda data: data[::-1]), "metrics.oldest-first"),
    "two out of order": (series(lambda data: [*data[1:2], *data[:1], *data[2:]]), "metrics.oldest-first"),
    "at most thirty": (series(lambda data: data[-30:]), "metrics.full-series"),
    "the oldest thirty": (series(lambda data: data[:30]), "metrics.full-series"),
    "each second": (series(lambda data: data[::2]), "metrics.full-series"),
    "the last one missing": (series(lambda data: data[:-1]), "metrics.full-series"),
    "the first one missing": (series(lambda data: data[1:]), "metrics.full-series"),
    "since ignored": (query(without_bound("since")), "metrics.window"),
    "until ignored": (query(without_bound("until")), "metrics.window"),
    "unix as milliseconds": (query(unix_is_milliseconds), "metrics.unix-and-iso"),
    "offsets ignored": (query(offset_is_ignored), "metrics.unix-and-iso"),
    "no echo of since": (drop("since", "series"), "metrics.echo"),
    "until is null": (put("series", until=None), "metrics.echo"),
    "the day, not the time": (
        metrics(lambda document, _: {**document, "since": str(document["since"])[:10]}, "series"),
        "metrics.echo",
    ),
    "a series of source live": (put("series", source="live"), "metrics.series-fields"),
    "a series without its account": (drop("social_account_id", "series"), "metrics.series-fields"),
    "snapshots without raw": (
        series(lambda data: [{key: value for key, value in each.items() if key != "raw"} for each in data]),
        "metrics.series-fields",
    ),
    "snapshots of another network": (row(network="myspace"), "metrics.series-fields"),
    "snapshots' numbers as text": (row(followers="1"), "metrics.series-fields"),
}


def switching(only: str) -> Rule:
    """The series needs the bound `only`."""

    def rule(call: Call) -> Answer:
        if call.path.endswith("/metrics") and call.query and only not in call.query:
            return call.instead("GET", call.path)
        return call.forward()

    return rule


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


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_deployment_fails_by_the_statement_that_it_breaks(organization: Organization, name: str) -> None:
    rule, statement = BROKEN[name]
    assert failed(organization.judge("metrics", rule)) == {statement}


@pytest.mark.parametrize("bound", ["since", "until"])
def test_a_bound_that_does_not_switch_fails(organization: Organization, bound: str) -> None:
    assert "metrics.series-switch" in failed(organization.judge("metrics", switching(bound)))


def test_metrics_that_always_fail_are_not_passed(organization: Organization) -> None:
    rule = metrics(gone, "live", "snapshot", "none-yet", "series")
    assert "metrics.live" in failed(organization.judge("metrics", rule))


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
    organization.levers.lever("PUT", "/clock", clock)
    assert failed(organization.judge("metrics")) == set()


def test_an_empty_organization_is_blocked(organization: Organization) -> None:
    organization.levers.lever("POST", "/reset", {"world": "empty"})
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
    organization.levers.lever("POST", "/reset", {"world": {"assume": {assumption: choice}}})
    finished = organization.judge("metrics")
    assert outcome(finished, Outcome.PASS) == STATEMENTS
    observed = {each.assumption: each.choice for each in finished.observations}
    assert observed.get(assumption, choice) == choice
