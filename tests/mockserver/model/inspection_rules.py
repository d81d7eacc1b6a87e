"""Metrics and health, which follow an account's state and time."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.mockserver.model import values
from tests.mockserver.model.inspection import captures, check_health, counts_at, numbers, pulls_live
from tests.mockserver.model.machine import Machine
from tests.mockserver.model.organization import Known

from postfuze_fixtures.platforms import PLATFORMS
from postfuze_fixtures.timestamps import iso, parse_iso

Answer = dict[str, Any]


class InspectionRules(Machine):
    """What is asked of one account. `measured` are the daily snapshots seen by now: one never changes."""

    def __init__(self) -> None:
        super().__init__()
        self.measured: dict[tuple[str, str, int], Answer] = {}

    @rule(data=st.data())
    def check_health(self, data: st.DataObject) -> None:
        id = self.some_id(data)
        answer = self.caller.get(f"/social-accounts/{id}/health")
        known = self.organization.standing(id)
        if known is None:
            assert answer.status == 404
        else:
            assert (answer.status, answer.json) == (200, check_health(self.organization, known))

    @rule(data=st.data())
    def read_metrics(self, data: st.DataObject) -> None:
        id = self.some_id(data)
        answer = self.caller.get(f"/social-accounts/{id}/metrics")
        known = self.organization.standing(id)
        if known is None:
            assert answer.status == 404
            return
        assert answer.status == 200
        value = answer.json
        assert value == self.caller.get(f"/social-accounts/{id}/metrics").json
        if pulls_live(known):
            self._check_live(known, value)
            known.shown = {**known.shown, "last_synced_at": iso(self.organization.now)}
        elif stored := captures(known, self.organization.now):
            assert value.pop("source") == "snapshot"
            self._check_stored(known, stored[-1], value)
        else:
            assert value.pop("message") != ""
            assert value == {"social_account_id": id, "metrics": None}

    def _check_live(self, known: Known, answer: Answer) -> None:
        platform = PLATFORMS[known.shown["platform"]]
        assert answer["source"] == "live"
        assert answer["captured_at"] == iso(self.organization.now)
        self._check_counts(known, answer, platform.live_metrics)
        for name, path in platform.raw.items():
            place = answer["raw"]
            for key in path:
                place = place[key]
            assert place == answer[name]

    def _check_stored(self, known: Known, at: int, value: Answer) -> None:
        if at in known.snapshots:
            assert value == counts_at(known.shown, known.snapshots[at], at)
            return
        assert value["captured_at"] == iso(at)
        self._check_counts(known, value, PLATFORMS[known.shown["platform"]].stored_metrics)
        account = known.shown
        assert value == self.measured.setdefault((account["id"], account["created_at"], at), value)

    def _check_counts(self, known: Known, value: Answer, names: tuple[str, ...]) -> None:
        assert value["social_account_id"] == known.shown["id"]
        assert value["network"] == known.shown["platform"]
        assert {name for name, _ in numbers(value)} == set(names)
        assert all(type(count) is int and count >= 0 for _, count in numbers(value))

    @precondition(lambda self: self.organization.find({}))
    @rule(data=st.data(), snapshots=values.snapshots)
    def store_snapshots(self, data: st.DataObject, snapshots: list[dict[str, Any]]) -> None:
        id = self.some_id(data)
        answer = self.caller.call("POST", f"/_mock/accounts/{id}/snapshots", {"snapshots": snapshots})
        known = self.organization.standing(id)
        if known is None:
            assert answer.status == 404
            return
        assert answer.status == 201
        known.snapshots |= {parse_iso(snapshot["captured_at"]): snapshot for snapshot in snapshots}

    @rule(data=st.data())
    def read_series(self, data: st.DataObject) -> None:
        id = self.some_id(data)
        known = self.organization.standing(id)
        bounds = values.bounds(captures(known, self.organization.now) if known else [])
        since, until = data.draw(bounds, label="since"), data.draw(bounds, label="until")
        sent = {name: values.written(bound) for name, bound in (("since", since), ("until", until)) if bound}
        if not sent:
            return
        answer = self.caller.get(f"/social-accounts/{id}/metrics", **sent)
        if known is None:
            # Whether a wrong window or a missing account is told first, the documents leave open.
            assert answer.status in (400, 404)
        elif since and until and since[0] > until[0]:
            assert answer.status == 400
        else:
            assert answer.status == 200
            self._check_series(known, since and since[0], until and until[0], answer.json)

    def _check_series(self, known: Known, since: int | None, until: int | None, series: Answer) -> None:
        first, last = -1 if since is None else since, 1 << 62 if until is None else until
        expected = [at for at in captures(known, self.organization.now) if first <= at <= last]
        assert [parse_iso(value["captured_at"]) for value in series["data"]] == expected
        for at, value in zip(expected, series.pop("data"), strict=True):
            self._check_stored(known, at, value)
        echo = {name: None if at is None else iso(at) for name, at in (("since", since), ("until", until))}
        assert series == {"social_account_id": known.shown["id"], "source": "snapshot", **echo}
