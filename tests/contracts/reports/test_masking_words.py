"""Masking leaves the words of the harness and of the contract readable, whatever a deployment calls its accounts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.contracts.reports import sample
from tests.contracts.reports.masked import masked, masked_failure

from postfuze_contracts.model import needs
from postfuze_contracts.model.events import CheckFinished, RunFinished, RunStarted
from postfuze_contracts.model.options import Keys, Options, Secret
from postfuze_contracts.model.verdicts import Failure, Observation, Outcome, Verdict
from postfuze_contracts.reports.masking import Masker

WORDS = ("list", "account", "page", "show", "key", "refused", "Page", "no")


@pytest.mark.parametrize("member", ["object", "username", "display_name"])
@pytest.mark.parametrize("word", WORDS)
def test_words_of_the_harness_stay_whatever_a_member_holds(member: str, word: str) -> None:
    sentence = "no list to show it: no account, no page and no Page, and the key was refused"
    failure = masked_failure(sample.listing({member: word}), sentence, sentence)
    assert (failure.expected, failure.got) == (sentence, sentence)
    assert f"‹{member} 1›" in failure.exchanges[0].response.body.decode()


@pytest.mark.parametrize("member", ["object", "username", "display_name"])
@pytest.mark.parametrize("word", WORDS)
def test_quoted_value_is_masked_even_if_it_is_a_word_of_the_harness(member: str, word: str) -> None:
    failure = masked_failure(sample.listing({member: word}), f"only accounts named `{word}`", f"it is {word!r}")
    assert (failure.expected, failure.got) == (f"only accounts named `‹{member} 1›`", f"it is '‹{member} 1›'")


@pytest.mark.parametrize("username", ["404", 404], ids=repr)
def test_statuses_stay_whatever_a_member_holds(username: str | int) -> None:
    failure = masked_failure(sample.listing({"username": username}), "404 for an id that no account has", "200")
    assert failure.expected == "404 for an id that no account has"


@pytest.mark.parametrize("choice", ["shared", "separate"])
def test_alternatives_are_never_masked(choice: str) -> None:
    masker = Masker()
    masker.event(RunStarted(Options(sample.URL, Keys(Secret(choice))), 1))
    observation = Observation("keys.modes", choice, sample.listing({"username": choice}))
    event = masker.event(replace(sample.finished(), observations=(observation,)))
    assert isinstance(event, RunFinished)
    assert event.observations[0].choice == choice


@pytest.mark.parametrize("name", ["acmestore", "Bob", "jane.doe", "Zoë"])
def test_name_that_is_no_word_of_the_contract_is_masked_without_quotes_too(name: str) -> None:
    failure = masked_failure(sample.listing({"username": name}), f"only accounts named {name}", "none")
    assert failure.expected == "only accounts named ‹username 1›"


def test_members_of_the_contract_keep_their_names() -> None:
    page = masked(sample.listing({"username": "data"}, {"username": "status", "status": "active"}))
    assert page.json["data"] == [{"username": "‹username 1›"}, {"username": "‹username 2›", "status": "active"}]


def test_key_that_is_an_ordinary_word_leaves_the_sentences_readable() -> None:
    exchange = sample.exchange(content={"detail": "the key is key"}, status=500)
    failure = masked_failure(exchange, "a key that is accepted", "'key'", key="key")
    assert (failure.expected, failure.got) == ("a key that is accepted", "'‹key full›'")
    assert failure.exchanges[0].json == {"detail": "the ‹key full› is ‹key full›"}


def test_advice_is_never_masked() -> None:
    masker = Masker()
    masker.event(RunStarted(Options(sample.URL, Keys(Secret("fresh-session"))), 1))
    need = needs.Need("a", "no fresh-session of acmestore", "set [sessions] fresh-session of acmestore")
    failed = Verdict("list.empty", Outcome.FAIL, 1, (showing("acmestore"),))
    blocked = Verdict("get.unknown", Outcome.BLOCKED, needs=(need,))
    event = masker.event(replace(sample.finished(), verdicts=(failed, blocked)))
    assert isinstance(event, RunFinished)
    assert event.verdicts[1].needs == (need,)


def showing(username: str) -> Failure:
    return Failure("list.empty", "a", "b", (sample.listing({"username": username}),))


def test_payload_is_masked_inside_a_text() -> None:
    payload = {"followers_count": 2246}
    failure = Failure("metrics.raw", "x", f"raw is {payload}", (sample.exchange(content={"raw": payload}),))
    event = Masker().event(CheckFinished("a", "a", 0.0, (failure,)))
    assert isinstance(event, CheckFinished)
    assert event.failures[0].got == "raw is ‹raw 1›"
