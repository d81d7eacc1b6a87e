"""The choices where the documents are silent."""

from dataclasses import FrozenInstanceError, fields

import pytest

from postfuze_mock import spec
from postfuze_mock.domain.choices import DEFAULT, DURATIONS, ChoiceError, Choices, alternatives


def test_the_first_alternative_of_each_is_the_default() -> None:
    assert DEFAULT.by_id() == {id: known[0] for id, known in alternatives().items()}


def test_each_attribute_is_the_id_with_underscores() -> None:
    assert [each.name for each in fields(Choices)] == [id.replace(".", "_").replace("-", "_") for id in alternatives()]


@pytest.mark.parametrize(("id", "value"), [(id, value) for id, known in alternatives().items() for value in known])
def test_every_alternative_can_be_taken_and_changes_nothing_else(id: str, value: str) -> None:
    assert Choices.with_overrides({id: value}).by_id() == {**DEFAULT.by_id(), id: value}


def test_a_number_stands_for_its_digits() -> None:
    assert Choices.with_overrides({"finalize.unknown-page": 404}).finalize_unknown_page == "404"


@pytest.mark.parametrize(
    ("id", "value", "told"),
    [
        ("finalise.duplicate-page", "refused", "the nearest is 'finalize.duplicate-page'"),
        ("finalize.duplicate-page", "refuse", "the nearest is 'refused'"),
        ("finalize.unknown-page", "ignored", "it has 422, 400, 404"),
        ("account.status-values", "any", "There is no assumption 'account.status-values' with alternatives"),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest_right_one(id: str, value: str, told: str) -> None:
    with pytest.raises(ChoiceError, match=told):
        Choices.with_overrides({id: value})


def test_choices_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        DEFAULT.keys_modes = "separate"  # type: ignore[misc] # the point of the test


@pytest.mark.parametrize("id", ["health.near-expiry", "sessions.lifetime", "auth-url.lifetime"])
def test_each_length_of_time_is_known_in_milliseconds(id: str) -> None:
    assert [DURATIONS[choice] for choice in alternatives()[id]] == [
        int(choice.removesuffix("-minutes")) * 60_000 for choice in alternatives()[id]
    ]


def test_the_spec_asks_the_same_questions_and_answers_them_first_as_we_do() -> None:
    asked = {each.id: (each.choice, *each.alternatives) for each in spec.assumptions() if each.alternatives}
    assert asked == dict(alternatives())
