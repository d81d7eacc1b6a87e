"""`postfuze-mock exec --show-journal`: the calls that the API refused, whatever key a test used."""

from __future__ import annotations

import re

import pytest
from tests.e2e.exec.conftest import Exec, python

REFUSED = """
call("/social-accounts?limit=1000")
call("/social-accounts")
call("/social-accounts", "sk_test_gone_revoked")
opener.open(Request(os.environ["POSTFUZE_ORIGIN"] + "/_mock/faults", method="POST",
    data=b'{"operation": "*", "effect": {"status": 503}}', headers={"Content-Type": "application/json"})).read()
call("/social-accounts")
sys.exit(%d)
"""
TIME = r"\d\d:\d\d:\d\d"


@pytest.mark.process(quick=True)
def test_failure_shows_what_was_refused_and_why(execute: Exec) -> None:
    result = execute(command=python(REFUSED % 4))
    lines = [re.sub(rf"^  {TIME}", "  TIME", line) for line in result.stderr.splitlines()]

    assert result.returncode == 4
    assert lines[:7] == [
        "postfuze-mock: the API refused 3 calls:",
        "  TIME  demo  GET /api/v1/social-accounts?limit=1000 → 400 validation_failed",
        "      Refused: limit must be at most 100.",
        "      limit.above-range: What if `limit` is above 100? It is refused like any invalid parameter.",
        "  TIME  gone  GET /api/v1/social-accounts → 401 unauthorized",
        "      Refused: the key is revoked, because its name ends in _revoked.",
        '      auth.revoked: A revoked key gets 401, "Invalid or expired API key."',
    ]
    assert lines[7].startswith("  TIME  demo  GET /api/v1/social-accounts → 503")
    assert lines[8] == "      A fault that was set for every call answered with 503."


@pytest.mark.parametrize(
    ("when", "code", "shows"),
    [("on-failure", 0, False), ("always", 0, True), ("never", 4, False)],
)
def test_flag_says_when_it_is_printed(execute: Exec, when: str, code: int, shows: bool) -> None:
    result = execute("--show-journal", when, command=python(REFUSED % code))

    assert result.returncode == code
    assert ("the API refused 3 calls" in result.stderr) is shows
    assert shows or result.stderr == ""


def test_calls_that_were_in_the_database_before_are_not_blamed_on_the_command(execute: Exec) -> None:
    flags = ("--state", "sqlite:///worlds.db")
    before = execute(*flags, command=python(REFUSED % 4))
    result = execute(*flags, command=["false"])

    assert "the API refused 3 calls" in before.stderr
    assert (result.returncode, result.stderr) == (1, "")


def test_failure_without_a_refused_call_is_not_blamed_on_the_api(execute: Exec) -> None:
    result = execute(command=["false"])

    assert (result.returncode, result.stderr) == (1, "")


def test_journal_that_cannot_be_read_is_told(execute: Exec) -> None:
    result = execute("--no-control", command=["false"])

    assert result.returncode == 1
    assert "postfuze-mock: the journal cannot be read: The control API is switched off" in result.stderr


def test_token_of_the_control_api_is_used(execute: Exec) -> None:
    result = execute("--control-token", "s3cret", command=python('call("/social-accounts?limit=0"); sys.exit(1)'))

    assert "the API refused 1 call:" in result.stderr


def test_only_the_last_are_shown_and_the_others_counted(execute: Exec) -> None:
    script = 'for n in range(152): call(f"/social-accounts/{n}")\nsys.exit(1)'
    result = execute(command=python(script))
    paths = re.findall(r"GET /api/v1/social-accounts/(\d+) ", result.stderr)

    assert "the API refused 152 calls; the last 20, and 132 more:" in result.stderr
    assert paths == [str(number) for number in range(132, 152)]


def test_odd_call_leaves_the_terminal_as_it_is(execute: Exec) -> None:
    script = """
call("/social-accounts?platform=%1B[2J%C2%9B31m&limit=0")
opener.addheaders = [("Authorization", "Bearer " + os.environ["POSTFUZE_KEY"]), ("Accept", "text/\\x9b31m")]
call("/social-accounts")
sys.exit(1)
"""
    result = execute(command=python(script))

    assert "→ 400" in result.stderr
    assert all(each.isprintable() for line in result.stderr.splitlines() for each in line)
