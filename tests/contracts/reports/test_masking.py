"""No report shows a secret, and none shows people unless requested."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.reports import sample
from tests.contracts.reports.masked import masked

from postfuze_contracts.model.events import CheckFinished, RunFinished, RunStarted
from postfuze_contracts.model.operations import MISSING_SESSION
from postfuze_contracts.model.options import Keys, Options, Secret
from postfuze_contracts.model.verdicts import Failure
from postfuze_contracts.reports import FORMATS, reporters
from postfuze_contracts.reports.bodies import PERSONAL_MEMBERS
from postfuze_contracts.reports.masking import Masker
from postfuze_contracts.reports.placeholders import Placeholders
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


def test_response_of_which_only_the_start_is_kept_is_not_shown_nor_quoted() -> None:
    """Not all people in it are known, so nobody can say whether a quotation names one."""
    accounts = [{**sample.ACCOUNT, "username": f"somebody{number}"} for number in range(5000)]
    exchange = sample.listing(*accounts).evidence
    assert exchange.response.left_out
    failure = Failure("list.filter-username", "only anna", "['somebody4999']", (exchange,))
    event = Masker().event(CheckFinished("a", "a", 0.0, (failure,)))
    assert isinstance(event, CheckFinished)
    assert event.failures[0].got == "‹not shown, because the response cannot be masked›"
    assert b"somebody" not in event.failures[0].exchanges[0].response.body
    assert event.failures[0].exchanges[0].response.body.endswith("bytes that are too many to mask›".encode())


def test_body_is_not_masked_any_more_when_the_run_had_to_end() -> None:
    masker = Masker()
    masker.event(RunStarted(replace(sample.OPTIONS, max_time=-10.0), 1))
    event = masker.event(
        CheckFinished("a", "a", 0.0, (Failure("get.by-id", "x", "'somebody'", (sample.listing(sample.ACCOUNT),)),))
    )
    assert isinstance(event, CheckFinished)
    assert event.failures[0].got == "‹not shown, because the response cannot be masked›"
    assert event.failures[0].exchanges[0].response.body.endswith("bytes that came too late to mask›".encode())


@pytest.mark.parametrize("count", [3, 3000])
def test_few_and_many_values_are_replaced_alike(count: int) -> None:
    """Of many values, only those that begin like a part of the text are looked for."""
    people = Placeholders()
    for number in range(count):
        people.add("name", f"person {number}")
    people.add("name", "Zoë")
    people.add("name", "ab")
    text = "person 2, 'ab', ab, Zo%C3%AB and person 2000000"
    assert people.replace(text) == f"‹name 3›, '‹name {count + 2}›', ab, ‹name {count + 1}› and person 2000000"
