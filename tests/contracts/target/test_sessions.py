"""Fresh sessions that a command prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from postfuze_contracts.target.sessions import FreshSessions


def drained(sessions: FreshSessions) -> list[str]:
    tokens = []
    while (token := sessions()) is not None:
        tokens.append(token.value)
    return tokens


def test_configured_tokens_precede_those_of_the_command() -> None:
    sessions = FreshSessions(["a"], "printf 'b\\n\\n c \\nb\\n'", pytest.fail)
    assert drained(sessions) == ["a", "b", "c"]


def test_command_runs_once_and_only_when_a_token_is_needed(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    sessions = FreshSessions(["a"], f"echo run >> {runs}; echo b", pytest.fail)
    assert sessions() is not None
    assert not runs.exists()
    drained(sessions)
    assert sessions() is None
    assert runs.read_text() == "run\n"


FAILURES = {
    "exit code": ("echo secret; exit 3", "exit code 3"),
    "no such program": ("no-such-program-here", "exit code 127"),
    "silence": ("true", "printed nothing"),
    "prose": ("echo here is your secret token", "one token a line"),
    "a hang": ("echo secret; exec sleep 30", "did not end within 0.2 s"),
    "a hang of what it started": ("sleep 30 & wait", "did not end within 0.2 s"),
}


@pytest.mark.parametrize(("command", "says"), FAILURES.values(), ids=FAILURES)
def test_failing_command_supplies_no_tokens_and_says_why(command: str, says: str) -> None:
    messages: list[str] = []
    sessions = FreshSessions([], command, messages.append, patience=0.2 if "sleep" in command else 20)
    assert drained(sessions) == []
    assert len(messages) == 1
    assert says in messages[0]
    assert "secret" not in messages[0]
