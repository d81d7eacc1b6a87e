"""The checks of metrics: each deployment that breaks a statement fails by it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.contracts.conftest import Organization, failed
from tests.contracts.metrics_rules import Document, drop, metrics, put, query, row, series
from tests.contracts.proxy import Answer, Call, Rule

from postfuze_contracts.model.instants import instant, iso


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
