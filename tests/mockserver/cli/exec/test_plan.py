"""Which runs `exec --each-assumption` has."""

from __future__ import annotations

from pathlib import Path

import pytest

from postfuze_mock import spec
from postfuze_mock.cli.exec.each_assumption import plan
from postfuze_mock.domain.choices import Choices, unplayed
from postfuze_mock.settings import Settings, SettingsError


def test_each_alternative_of_the_specification_is_played_or_left_out() -> None:
    runs = plan.make((), Settings())
    names = [*(each.name for each in runs.alternatives), *runs.left_out]

    assert sorted(names) == sorted(f"{each.id}={other}" for each in spec.assumptions() for other in each.alternatives)
    assert all(Choices.with_overrides(each.assume).overrides() == each.assume for each in runs.alternatives)
    assert unplayed(dict(name.split("=") for name in runs.left_out)) == list(runs.left_out)


def test_choice_of_the_user_counts_as_the_mocks_own(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text('[assume]\n"list.disabled" = "hidden"\n', encoding="utf-8")
    settings = Settings(assume={"limit.above-range": "clamped"}, assume_file=str(file))
    runs = plan.make(("limit.above-range", "list.disabled"), settings)

    assert runs.own.assume == {"limit.above-range": "clamped", "list.disabled": "hidden"}
    assert [each.name for each in runs.alternatives] == [
        "limit.above-range=refused",
        "limit.above-range=default",
        "list.disabled=listed",
    ]
    assert runs.alternatives[0].assume == {"limit.above-range": "refused", "list.disabled": "hidden"}


def test_what_the_world_file_decides_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "w.yaml"
    text = "assume: {list.disabled: hidden}\nworlds:\n  acme:\n    assume: {limit.above-range: clamped}\n"
    file.write_text(text, encoding="utf-8")
    runs = plan.make(("list.disabled", "limit.above-range", "limit.below-range"), Settings(world=str(file)))

    assert {each.name.partition("=")[0] for each in runs.alternatives} == {"limit.below-range"}
    assert set(runs.left_out.values()) == {plan.IN_WORLD_FILE}


def test_unknown_assumption_is_refused_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match=r"no assumption limit\.above-rang; did you mean limit\.above-range\?"):
        plan.make(("limit.above-rang",), Settings())
