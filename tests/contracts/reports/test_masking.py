"""No report shows a secret, and none shows people unless requested."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.reports import sample

from postfuze_contracts.model import needs
from postfuze_contracts.model.events import CheckFinished, RunFinished, RunStarted
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import MISSING_SESSION
from postfuze_contracts.model.options import Keys, Options, Secret
from postfuze_contracts.model.verdicts import Failure, Observation, Outcome, Verdict
from postfuze_contracts.reports import FORMATS, reporters
from postfuze_contracts.reports.bodies import PERSONAL_MEMBERS
from postfuze_contracts.reports.masking import Masker
from postfuze_mock import spec

ALL = ("terminal", *FORMATS)

# Members that are not personal: a new member must be listed here or in PERSONAL_MEMBERS.
OF_NOBODY = {
    "SocialAccount": {
        "id",
        "platform",
        "tenant_id",
        "social_network_id",
        "account_type",
        "status",
        "scopes",
        "token_expires_at",
        "last_synced_at",
        "created_at",
        "updated_at",
    },
    "PendingPage": {"type"},
    "ConnectedAccount": {"id", "network", "accountType"},
    "MetricsSnapshot": {
        "social_account_id",
        "network",
        "followers",
        "following",
        "posts_count",
        "impressions",
        "reach",
        "profile_views",
        "captured_at",
    },
}


def masked(exchange: Exchange, *, show_bodies: bool = False) -> Exchange:
    masker = Masker(show_bodies=show_bodies)
    masker.event(RunStarted(sample.OPTIONS, 1))
    event = masker.event(CheckFinished("a", "a", 0.0, (Failure("list.empty", "x", "y", (exchange,)),)))
    assert isinstance(event, CheckFinished)
    return event.failures[0].exchanges[0]


@pytest.mark.parametrize("format", ALL)
def test_report_shows_neither_secrets_nor_people(format: str, reports: dict[str, str]) -> None:
    assert "MARKER" not in reports[format]


@pytest.mark.parametrize("format", ALL)
def test_report_with_bodies_shows_people_and_no_secrets(format: str, open_reports: dict[str, str]) -> None:
    assert "MARKER1" in open_reports[format]
    assert "MARKER0" not in open_reports[format]


@pytest.mark.parametrize("format", ALL)
def test_harness_failure_shows_no_secret(format: str, fault_reports: dict[str, str]) -> None:
    assert "MARKER" not in fault_reports[format]


@pytest.mark.parametrize("schema", PERSONAL_MEMBERS)
def test_each_member_is_classified_as_personal_or_not(schema: str) -> None:
    members = set(spec.load()["components"]["schemas"][schema]["properties"])
    assert members == OF_NOBODY[schema] | set(PERSONAL_MEMBERS[schema])


def test_equal_values_have_equal_placeholders(reports: dict[str, str]) -> None:
    assert "username=‹username 1›&limit=2" in reports["terminal"]
    assert "only accounts named ‹username 1›" in reports["terminal"]


def test_placeholders_are_the_same_in_all_formats(reports: dict[str, str]) -> None:
    for format in ("terminal", "json", "junit", "html", "sarif", "markdown"):
        assert "only accounts named ‹username 1›" in sample.plain(reports[format])


def test_undescribed_member_is_masked() -> None:
    body = masked(sample.listing(sample.ACCOUNT)).json
    assert body["data"][0]["fullName"] == "‹fullName 1›"


def test_ids_states_and_numbers_stay_readable() -> None:
    row = masked(sample.listing(sample.ACCOUNT)).json["data"][0]
    text = ("id", "platform", "tenant_id", "account_type", "status", "scopes", "created_at", "token_expires_at")
    assert {name: row[name] for name in text} == {name: sample.ACCOUNT[name] for name in text}


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, None), ("", ""), (7, "‹username 1, number›"), (["a"], "‹username 1, array›"), (True, True)],
)
def test_placeholder_names_the_type(value: Any, text: Any) -> None:
    assert masked(sample.listing({"username": value})).json["data"][0]["username"] == text


def test_empty_payload_is_shown_as_empty() -> None:
    assert masked(sample.exchange(content={"raw": {}})).json == {"raw": {}}


def test_person_named_like_a_state_leaves_states_readable() -> None:
    row = masked(sample.listing({"username": "active", "status": "active", "platform": "x"})).json["data"][0]
    assert row == {"username": "‹username 1›", "status": "active", "platform": "x"}


def test_parameter_name_is_not_masked() -> None:
    document = {"detail": "limit must be at most 100.", "errors": [{"in": "query", "name": "limit", "message": "x"}]}
    assert masked(sample.exchange(content=document, status=400)).json == document


def test_account_id_beside_a_page_is_not_masked() -> None:
    body = masked(sample.FINALIZED).json
    assert body["connectedAccounts"][0]["id"] == sample.ID


def test_only_the_size_of_a_non_json_body_is_shown() -> None:
    assert masked(sample.BROKEN).response.body == "‹34 bytes that are not JSON›".encode()


def test_made_up_token_is_shown_so_that_the_request_can_be_repeated() -> None:
    path = f"/social-accounts/pending/{MISSING_SESSION}"
    assert masked(sample.exchange("listPendingPages", path, {}, status=404)).request.path == path


def test_session_token_is_masked_in_path_text_and_ledger() -> None:
    masker = Masker()
    assert masker.text(f"GET /social-accounts/pending/{sample.SESSION}: 500") == (
        "GET /social-accounts/pending/‹session 1›: 500"
    )
    assert masker.text(f"{sample.SESSION} again") == "‹session 1› again"


def test_unconfigured_key_is_masked() -> None:
    assert Masker().text("sent sk_test_somebody_else") == "sent ‹key 1›"


def test_words_of_the_documents_are_not_masked_as_keys() -> None:
    text = "A header that does not begin with `Bearer sk_`, sk_live_… or sk_test_…"
    assert Masker().text(text) == text


def test_headers_with_secrets_are_not_shown() -> None:
    headers = masked(sample.PENDING, show_bodies=True).response.headers
    assert headers["set-cookie"] == "‹not shown›"
    assert headers["x-echo"] == "Bearer ‹key full›"


def test_credentials_in_the_url_are_not_shown() -> None:
    options = Options("https://user:MARKER0@example.com/v1", Keys(Secret(sample.KEY)))
    event = Masker().event(RunStarted(options, 1))
    assert isinstance(event, RunStarted)
    assert event.options.url == "https://‹credentials›@example.com/v1"


def test_masking_leaves_the_totals_unchanged() -> None:
    event, original = Masker().event(sample.finished()), sample.finished()
    assert isinstance(event, RunFinished)
    assert [(v.statement, v.outcome, v.judged) for v in event.verdicts] == [
        (v.statement, v.outcome, v.judged) for v in original.verdicts
    ]


def test_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="There is no report format pdf"):
        reporters({"pdf": tmp_path / "x"}, masker=Masker())


def test_secrets_are_masked_in_json_escapes() -> None:
    key = 'quote"backslash\\key'
    options = Options(sample.URL, Keys(Secret(key)))
    exchange = sample.exchange(content={"detail": key}, status=500)
    masker = Masker(show_bodies=True)
    masker.event(RunStarted(options, 1))
    event = masker.event(CheckFinished("a", "a", 0.0, (Failure("list.empty", "x", key, (exchange,)),)))
    assert isinstance(event, CheckFinished)
    failure = event.failures[0]
    assert failure.got == "‹key full›"
    assert json.loads(failure.exchanges[0].response.body) == {"detail": "‹key full›"}


def test_secret_with_a_suffix_is_masked() -> None:
    masker = Masker()
    masker.event(RunStarted(Options(sample.URL, Keys(Secret("MARKER0plain"))), 1))
    assert masker.text("xMARKER0plainx") == "x‹key full›x"


def test_reporters_receive_no_secrets() -> None:
    event = Masker().event(RunStarted(sample.OPTIONS, 1))
    assert isinstance(event, RunStarted)
    assert event.options.keys == Keys()
    assert event.options.sessions.expired is None


def test_name_is_masked_in_every_spelling() -> None:
    masker = Masker()
    failure = Failure("list.empty", "x", "MARKER1%C3%A1cme MARKER1\\u00e1cme MARKER1ácme", (sample.FILTERED,))
    event = masker.event(CheckFinished("a", "a", 0.0, (failure,)))
    assert isinstance(event, CheckFinished)
    assert event.failures[0].got == "‹username 1› ‹username 1› ‹username 1›"


def test_name_within_a_word_is_not_masked() -> None:
    masker = Masker()
    failure = Failure("list.empty", "x", "packed", (sample.listing({"username": "ack"}),))
    event = masker.event(CheckFinished("a", "a", 0.0, (failure,)))
    assert isinstance(event, CheckFinished)
    assert event.failures[0].got == "packed"


WORDS = ("list", "account", "page", "show", "key", "refused", "Page", "no")


def masked_failure(exchange: Exchange, expected: str, got: str, key: str = sample.KEY) -> Failure:
    """A failure that shows `exchange`, masked."""
    masker = Masker()
    masker.event(RunStarted(Options(sample.URL, Keys(Secret(key))), 1))
    event = masker.event(CheckFinished("a", "a", 0.0, (Failure("list.empty", expected, got, (exchange,)),)))
    assert isinstance(event, CheckFinished)
    return event.failures[0]


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
