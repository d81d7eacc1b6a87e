"""The choices for what the documents leave open."""

from dataclasses import FrozenInstanceError, fields

import pytest

from postfuze_mock import spec
from postfuze_mock.domain.choices import DEFAULT, DURATIONS, ChoiceError, Choices, alternatives, unplayed


def test_first_alternative_is_the_default() -> None:
    assert DEFAULT.by_id() == {id: values[0] for id, values in alternatives().items()}


def test_attributes_are_the_ids_with_underscores() -> None:
    assert [each.name for each in fields(Choices)] == [id.replace(".", "_").replace("-", "_") for id in alternatives()]


@pytest.mark.parametrize(("id", "value"), [(id, value) for id, values in alternatives().items() for value in values])
def test_every_alternative_can_be_chosen_and_changes_nothing_else(id: str, value: str) -> None:
    assert Choices.with_overrides({id: value}).by_id() == {**DEFAULT.by_id(), id: value}


def test_number_is_accepted_as_its_digits() -> None:
    assert Choices.with_overrides({"finalize.unknown-page": 404}).finalize_unknown_page == "404"


@pytest.mark.parametrize(
    ("id", "value", "message"),
    [
        ("finalise.duplicate-page", "refused", "the nearest is 'finalize.duplicate-page'"),
        ("finalize.duplicate-page", "refuse", "the nearest is 'refused'"),
        ("finalize.unknown-page", "dropped", "it has 422, 400, 404, ignored"),
        ("account.status-values", "any", "it has token-expired-and-revoked"),
        ("keys", "shared", "There is no assumption 'keys'"),
    ],
)
def test_wrong_name_is_refused_with_the_nearest_right_one(id: str, value: str, message: str) -> None:
    with pytest.raises(ChoiceError, match=message):
        Choices.with_overrides({id: value})


def test_choices_are_immutable() -> None:
    with pytest.raises(FrozenInstanceError):
        DEFAULT.keys_modes = "separate"  # type: ignore[misc] # the point of the test


@pytest.mark.parametrize("id", ["health.near-expiry", "sessions.lifetime", "auth-url.lifetime"])
def test_durations_are_converted_to_milliseconds(id: str) -> None:
    assert [DURATIONS[choice] for choice in alternatives()[id]] == [
        int(choice.removesuffix("-minutes")) * 60_000 for choice in alternatives()[id]
    ]


def test_spec_has_the_same_assumptions_and_defaults() -> None:
    played = {each.id: tuple(it for it in each.choices if it not in each.unplayed) for each in spec.assumptions()}
    assert {id: choices for id, choices in played.items() if len(choices) > 1} == dict(alternatives())


def test_choice_that_the_mock_cannot_play_changes_nothing() -> None:
    assert Choices.with_overrides({"responses.media-type": "other"}) == DEFAULT


def test_choices_that_are_not_played_are_known() -> None:
    own = {each.id: each.choice for each in spec.assumptions()}

    assert unplayed({**own, "responses.media-type": "other", "limit.above-range": "clamped"}) == [
        "responses.media-type=other"
    ]
