"""Rules for metrics and health, which depend on an account's state and the time."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.mockserver.model import values
from tests.mockserver.model.inspection import captures, check_health, counts_at, numbers, pulls_live
from tests.mockserver.model.machine import Machine
from tests.mockserver.model.organization import ModelAccount

from postfuze_fixtures.platforms import PLATFORMS
from postfuze_fixtures.timestamps import iso, parse_iso

Answer = dict[str, Any]


class InspectionRules(Machine):
    """Rules for one account. `measured` are the daily snapshots seen so far, which never change."""

    def __init__(self) -> None:
        super().__init__()
        self.measured: dict[tuple[str, str, int], Answer] = {}

    @rule(data=st.data())
    def check_health(self, data: st.DataObject) -> None:
        id = self.some_id(data)
        response = self.caller.get(f"/social-accounts/{id}/health")
        model = self.organization.account(id)
        if model is None:
            assert response.status == 404
        else:
            assert (response.status, response.json) == (200, check_health(self.organization, model))

    @rule(data=st.data())
    def read_metrics(self, data: st.DataObject) -> None:
        id = self.some_id(data)
        response = self.caller.get(f"/social-accounts/{id}/metrics")
        model = self.organization.account(id)
        if model is None:
            assert response.status == 404
            return
        assert response.status == 200
        value = response.json
        assert value == self.caller.get(f"/social-accounts/{id}/metrics").json
        if pulls_live(model):
            self._check_live(model, value)
            model.fields = {**model.fields, "last_synced_at": iso(self.organization.now)}
        elif stored := captures(model, self.organization.now):
            assert value.pop("source") == "snapshot"
            self._check_stored(model, stored[-1], value)
        else:
            assert value.pop("message") != ""
            assert value == {"social_account_id": id, "metrics": None}

    def _check_live(self, model: ModelAccount, response: Answer) -> None:
        platform = PLATFORMS[model.fields["platform"]]
        assert response["source"] == "live"
        assert response["captured_at"] == iso(self.organization.now)
        self._check_counts(model, response, platform.live_metrics)
        for name, path in platform.raw.items():
            place = response["raw"]
            for key in path:
                place = place[key]
            assert place == response[name]

    def _check_stored(self, model: ModelAccount, at: int, value: Answer) -> None:
        if at in model.snapshots:
            assert value == counts_at(model.fields, model.snapshots[at], at)
            return
        assert value["captured_at"] == iso(at)
        self._check_counts(model, value, PLATFORMS[model.fields["platform"]].stored_metrics)
        account = model.fields
        assert value == self.measured.setdefault((account["id"], account["created_at"], at), value)

    def _check_counts(self, model: ModelAccount, value: Answer, names: tuple[str, ...]) -> None:
        assert value["social_account_id"] == model.fields["id"]
        assert value["network"] == model.fields["platform"]
        assert {name for name, _ in numbers(value)} == set(names)
        assert all(type(count) is int and count >= 0 for _, count in numbers(value))

    @precondition(lambda self: self.organization.find({}))
    @rule(data=st.data(), snapshots=values.snapshots)
    def store_snapshots(self, data: st.DataObject, snapshots: list[dict[str, Any]]) -> None:
        id = self.some_id(data)
        response = self.caller.call("POST", f"/_mock/accounts/{id}/snapshots", {"snapshots": snapshots})
        model = self.organization.account(id)
        if model is None:
            assert response.status == 404
            return
        assert response.status == 201
        model.snapshots |= {parse_iso(snapshot["captured_at"]): snapshot for snapshot in snapshots}

    @rule(data=st.data())
    def read_series(self, data: st.DataObject) -> None:
        id = self.some_id(data)
        model = self.organization.account(id)
        bounds = values.bounds(captures(model, self.organization.now) if model else [])
        since, until = data.draw(bounds, label="since"), data.draw(bounds, label="until")
        parameters = {name: values.written(bound) for name, bound in (("since", since), ("until", until)) if bound}
        if not parameters:
            return
        response = self.caller.get(f"/social-accounts/{id}/metrics", **parameters)
        if model is None:
            # The documents do not say whether an invalid window precedes a missing account.
            assert response.status in (400, 404)
        elif since and until and since[0] > until[0]:
            assert response.status == 400
        else:
            assert response.status == 200
            self._check_series(model, since and since[0], until and until[0], response.json)

    def _check_series(self, model: ModelAccount, since: int | None, until: int | None, series: Answer) -> None:
        first, last = -1 if since is None else since, 1 << 62 if until is None else until
        expected = [at for at in captures(model, self.organization.now) if first <= at <= last]
        assert [parse_iso(value["captured_at"]) for value in series["data"]] == expected
        for at, value in zip(expected, series.pop("data"), strict=True):
            self._check_stored(model, at, value)
        echo = {name: None if at is None else iso(at) for name, at in (("since", since), ("until", until))}
        assert series == {"social_account_id": model.fields["id"], "source": "snapshot", **echo}
