"""Which call a fault hits depends only on the fault and the seed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfuze_mock.control import spec as control_spec
from postfuze_mock.domain.faults import effects, faults, presets
from postfuze_mock.domain.faults.faults import Fault, Faults
from postfuze_mock.spec import load

ID = "0b2e7d6f-5c1a-4a9f-9b1c-2e7d6f0a1234"
SCHEMAS: dict[str, Any] = control_spec.load(load())["components"]["schemas"]


def scripted(*scripts: dict[str, Any], seed: int = 1) -> Faults:
    """The faults of a world; each defaults to a 500 of every operation."""
    all = Faults(seed)
    for number, each in enumerate(scripts):
        fields = {"operation": "*", "effect": {"status": 500}, **each}
        all.add(faults.fault(fields, f"{ID[:-2]}{number:02}"))
    return all


def hits(all: Faults, calls: int, operation: str = "listSocialAccounts") -> list[Fault | None]:
    hits = (all.hit(operation) for _ in range(calls))
    return [None if hit is None else hit.fault for hit in hits]


@given(st.integers(0, 5), st.none() | st.integers(1, 5), st.floats(0, 1), st.integers(0, 30), st.integers(0, 2**63 - 1))
def test_no_call_is_hit_too_early_or_too_often(
    after: int, times: int | None, probability: float, calls: int, seed: int
) -> None:
    all = scripted({"after": after, "times": times, "probability": probability}, seed=seed)
    struck = hits(all, calls)
    (fault,) = all

    assert not any(struck[:after])
    assert sum(map(bool, struck)) == fault.hits <= (calls if times is None else times)
    assert fault.calls == calls
    assert fault.left == (None if times is None else times - fault.hits)


@given(st.floats(0.05, 0.95), st.integers(0, 1000))
def test_share_of_random_hits_is_the_probability(probability: float, seed: int) -> None:
    struck = hits(scripted({"probability": probability}, seed=seed), 400)

    assert abs(sum(map(bool, struck)) / 400 - probability) < 0.15


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_random_delay_covers_its_bounds(least: int, more: int) -> None:
    effect: effects.Effect = {"delay_ms": [least, least + more]}
    drawn = [effects.delay(effect, draw) for draw in (0, more, more + 1, 2**128 - 1)]

    assert drawn[:2] == [least, least + more]
    assert all(least <= each <= least + more for each in drawn)


def test_random_delays_differ_and_are_reproducible() -> None:
    runs = []
    for _ in range(2):
        all = scripted({"effect": {"delay_ms": [0, 100_000]}})
        runs.append([hit.delay_ms for hit in (all.hit("getSocialAccount") for _ in range(20)) if hit is not None])

    assert runs[0] == runs[1]
    assert len(set(runs[0])) > 15


def test_next_fault_hits_once_one_is_used_up() -> None:
    all = scripted({"times": 1}, {"effect": {"status": 502}})
    first, second = all

    assert hits(all, 3) == [first, second, second]


def test_missed_hit_is_not_counted() -> None:
    all = scripted({"times": 1})
    hit = all.hit("getSocialAccount")
    assert hit is not None
    hit.fault.miss()

    assert (hit.fault.hits, hit.fault.missed, hit.fault.left) == (0, 1, 1)
    assert all.hit("getSocialAccount") is not None


def test_preset_hits_only_its_operations() -> None:
    all = Faults(1)
    all.add(faults.fault({"preset": "session_expired"}, ID))

    assert hits(all, 1, "listSocialAccounts") == [None]
    assert all.hit("finalizeConnection") is not None


@pytest.mark.parametrize("effect", [each.effect for each in presets.PRESETS.values()], ids=presets.PRESETS)
def test_effects_of_presets_are_valid(effect: effects.Effect) -> None:
    effects.check(effect, "")


def test_bounds_equal_those_of_the_specification() -> None:
    delay, bounds = SCHEMAS["Effect"]["properties"]["delay_ms"]["anyOf"]

    assert delay["maximum"] == bounds["items"]["maximum"] == effects.MAX_DELAY
    assert SCHEMAS["State"]["properties"]["faults"]["maxItems"] == faults.MAX_FAULTS
