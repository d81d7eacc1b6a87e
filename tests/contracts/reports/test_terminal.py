"""The terminal report: stable without a terminal, live on one."""

from __future__ import annotations

import io
import re
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from tests.contracts.reports import sample

from postfuze_contracts.model import needs
from postfuze_contracts.model.events import CheckFinished, CheckStarted, RunStarted
from postfuze_contracts.model.options import Options
from postfuze_contracts.reports import FORMATS, decisions, results
from postfuze_contracts.reports.progress import ProgressTable
from postfuze_contracts.reports.results import least_seconds, limits_note
from postfuze_contracts.reports.terminal import Terminal, console
from postfuze_contracts.reports.text import entry


class Tty(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


def lines(text: str) -> list[str]:
    return text.splitlines()


def headline(text: str) -> str:
    """The line that sums up the run."""
    words = ("PASS  ", "FAIL  ", "FAULT  ", "NOTHING JUDGED  ")
    return next(line for line in reversed(lines(text)) if line.startswith(words))


def test_each_outcome_is_explained(reports: dict[str, str]) -> None:
    text = re.sub(" +", " ", reports["terminal"])
    assert "pass auth.missing 12 responses" in text
    assert "fail list.envelope 1 failure in 7 responses" in text
    assert "blocked limits.organization exhausting a rate limit is not allowed" in text
    assert "waived get.unknown waived until 2999-01-01 by ops: known" in text
    assert "flaky list.default-25 failed, and not again" in text


def test_unselected_statements_are_only_counted(reports: dict[str, str]) -> None:
    table = reports["terminal"].partition("Not judged")[0]
    assert "skipped" not in table
    assert "\n2 statements not asked for\n" in table


def test_flaky_failure_shows_both_responses(reports: dict[str, str]) -> None:
    block = reports["terminal"].partition("FLAKY list.default-25")[2].split("\n\n")[0]
    assert re.search(r'failed    200 \{"data": \[\], "next_cursor": null\}', block)
    assert re.search(r'held      200 \{"data": \[\], "next_cursor": null, "held": "‹held 1›"\}', block)


def test_command_contains_the_custom_header(reports: dict[str, str]) -> None:
    block = reports["terminal"].partition("FAIL errors.title")[2].split("\n\n")[0]
    command = next(line.strip() for line in lines(block) if "curl" in line)
    script = ["sh", "-c", command.replace("curl -i", "printf '%s\\n'")]
    output = subprocess.run(script, env={"POSTFUZE_KEY": "mine"}, capture_output=True, text=True, check=True).stdout
    assert output.splitlines()[-1] == 'Authorization: Basic mine"$(id)`'


def test_missing_need_is_reported_once_with_its_remedy(reports: dict[str, str]) -> None:
    assert reports["terminal"].count(f"set {needs.EXHAUST_LIMITS.setting}\n") == 1
    assert "\n   4  exhausting a rate limit is not allowed: set " in reports["terminal"]


def test_failure_shows_sentence_position_expected_actual_and_command(reports: dict[str, str]) -> None:
    text = reports["terminal"]
    block = text[text.index("FAIL list.envelope") :].split("\n\n")[0]
    assert re.search(r"FAIL list\.envelope  openapi\.yaml:\d+", block)
    assert "A list has its accounts in `data`" in block
    assert "expected  an object with `data`" in block
    assert "got       200" in block
    command = next(line.strip() for line in lines(block) if "curl" in line)
    assert shlex.split(command) == [
        "curl",
        "-i",
        f"{sample.URL}/social-accounts",
        "-H",
        "Authorization: Bearer $POSTFUZE_KEY_READ_ONLY",
    ]


def test_writing_step_is_named_before_it_runs() -> None:
    stream = io.StringIO()
    reporter = Terminal(console(stream))
    reporter.handle(CheckStarted("connect.two", "connect", "connects one page"))
    assert stream.getvalue() == "writes   connects one page (connect.two)\n"


def test_ledger_and_cost_are_reported(reports: dict[str, str]) -> None:
    assert f"connected  {sample.ID}" in reports["terminal"]
    flowing = " ".join(reports["terminal"].split())
    assert "1,234 requests, 21 of them account writes, in 2.5 s;" in flowing
    assert "(600 requests in 60 s, 20 account writes in 60 s) such a run takes at least 120 seconds" in flowing


@pytest.mark.parametrize(
    ("requests", "writes", "least"),
    [(5, 0, 0), (600, 20, 0), (601, 0, 60), (30, 21, 60), (30, 41, 120), (1201, 21, 120)],
)
def test_fullest_limit_determines_the_least_time(requests: int, writes: int, least: int) -> None:
    finished = replace(sample.finished(), requests=requests, writes=writes)
    assert least_seconds(finished) == least
    assert ("need not wait" in limits_note(finished)) is (least == 0)


def test_unneeded_waiver_is_reported(reports: dict[str, str]) -> None:
    assert "the waiver of list.empty by ops is no longer needed" in reports["terminal"]


OPEN = (decisions.DECIDED, decisions.SEVERAL, decisions.UNMATCHED)


def section(text: str, title: str) -> str:
    """The lines below a title."""
    return text.partition(f"\n{title}\n")[2].partition("\n\n")[0]


def test_observations_stand_in_the_section_that_fits(reports: dict[str, str]) -> None:
    decided, several, unmatched = (" ".join(section(reports["terminal"], title).split()) for title in OPEN)
    assert "keys.modes shared (as the mock, pinned)" in decided
    assert "ids.malformed-path 400 (the mock differs: 404, pinned: 404)" in decided
    assert several == "limit.above-range refused; and clamped (the mock differs: refused)"
    assert unmatched.startswith("account.status-values also ‹username 1› (the mock differs: ")


def test_drift_shows_the_old_and_the_new(reports: dict[str, str]) -> None:
    block = reports["terminal"].partition("FAIL ids.malformed-path")[2].split("\n\n")[0]
    text = " ".join(block.split())
    assert "Which status does an account id in the path get if it is not a UUID? 404, because" in text
    assert "expected 404, as pinned in assumptions.toml:5 on 2026-01-31 for https://old.example.com" in text
    assert "got 400" in text


def failed() -> list[str]:
    """The statements of the sample run that fail, in the order of the reports."""
    entries = results.from_verdicts(sample.finished().verdicts)
    return [entry.statement.id for entry in entries if entry.label == "fail"]


def test_headline_sums_up(reports: dict[str, str]) -> None:
    entries = results.from_verdicts(sample.finished().verdicts)
    totals = results.counts(entries)
    standing = f"{totals['pass']} of {len(entries) - totals['skipped']} · {totals['fail']} failed · 1 flaky · 1 waived"
    assert headline(reports["terminal"]) == f"FAIL  {standing} · 14 not judged; 1,234 requests in 2.5 s"


def test_target_that_could_not_be_judged_is_one_sentence(fault_reports: dict[str, str]) -> None:
    text = fault_reports["terminal"]
    assert text.count("GET /: ConnectError at ‹key full›") == 1
    assert len([line for line in lines(text) if line.startswith("  blocked")]) == 0


def test_failures_come_last_then_what_to_do_next(reports: dict[str, str]) -> None:
    text = reports["terminal"]
    titles = (
        "Not judged",
        *OPEN,
        "Changed on the target",
        "Cost",
        "Flaky:",
        "Failures",
        "FAIL  65 of 88",
    )
    assert [*titles] == sorted(titles, key=lambda title: text.index(f"\n{title}"))
    summary = lines(text).index(headline(text))
    assert lines(text)[summary + 1 :] == [
        f"failed   {', '.join(failed())}",
        *(f"written  report.{name} ({name})" for name in FORMATS),
        "again    postfuze-contracts replay report.json",
    ]


def test_without_a_json_report_the_failures_are_selected_again(tmp_path: Path) -> None:
    flags = ("--url", "https://api.example.com/my api")
    text = sample.report(sample.events(), tmp_path, formats=("junit",), flags=flags)["terminal"]
    last = lines(text)[-1].removeprefix("again    ")
    assert shlex.split(last) == ["postfuze-contracts", "run", "--only", ",".join(failed()), *flags]


def test_passing_run_ends_with_its_reports(tmp_path: Path) -> None:
    run = sample.events()
    passes = tuple(each for each in sample.finished().verdicts if each.outcome == "pass")
    run[-1] = replace(sample.finished(), verdicts=passes)
    text = sample.report(run, tmp_path, formats=("html",))["terminal"]
    assert lines(text)[-2:] == [headline(text), "written  report.html (html)"]


def test_passive_run_says_that_its_writes_were_to_be_refused() -> None:
    finished = sample.finished()
    assert "21 of them calls of writing operations, to see them refused," in results.cost(finished, Options(""))
    assert "21 of them account writes," in results.cost(finished, sample.OPTIONS)


def test_harness_failure_comes_last(fault_reports: dict[str, str]) -> None:
    assert headline(fault_reports["terminal"]).startswith("FAULT  GET /: ConnectError at ‹key full›")
    assert lines(fault_reports["terminal"])[-1] == "written  report.sarif (sarif)"


@pytest.mark.parametrize(("strict", "word"), [(False, "PASS"), (True, "FAIL")])
def test_flaky_failure_fails_only_a_strict_run(strict: bool, word: str, tmp_path: Path) -> None:
    run = sample.events()
    flaky = tuple(each for each in sample.finished().verdicts if each.outcome != "fail")
    run[-1] = replace(sample.finished(), verdicts=flaky)
    text = sample.report(run, tmp_path, strict=strict)["terminal"]
    assert headline(text).startswith(f"{word}  65 of 81 · 1 flaky · ")
    assert ("failed   list.default-25" in text) is strict


@pytest.mark.parametrize("width", [60, 80, 200])
def test_everything_but_commands_fits_the_width(width: int, tmp_path: Path) -> None:
    text = sample.report(sample.events(), tmp_path, width=width)["terminal"]
    wider = ("curl", "Postfuze contract at", "writes", "FAIL  ", "failed", "again")
    wide = [line for line in lines(text) if len(line) > width and not line.strip().startswith(wider)]
    assert wide == []


@pytest.mark.parametrize("width", [40, 60, 80, 100])
@pytest.mark.parametrize("name", ["short", "as-long-as-the-gap", "longer-than-the-gap-is-wide"])
def test_name_and_text_never_touch(name: str, width: int) -> None:
    lines = ["".join(piece for piece, _ in line) for line in entry(name, "text " * 20, width, gap=18)]
    assert lines[0] == f"    {name}" or lines[0].startswith(f"    {name} ")
    assert "".join(lines).count("text") == 20


@pytest.mark.parametrize("width", [60, 80, 200])
def test_commands_are_never_wrapped(width: int, tmp_path: Path, reports: dict[str, str]) -> None:
    text = sample.report(sample.events(), tmp_path, width=width)["terminal"]
    commands = [line for line in lines(reports["terminal"]) if line.strip().startswith("curl")]
    assert [line for line in lines(text) if line.strip().startswith("curl")] == commands


def test_plain_output_has_no_colour_and_no_trailing_blank(reports: dict[str, str]) -> None:
    assert "\x1b" not in reports["terminal"]
    assert [line for line in lines(reports["terminal"]) if line != line.rstrip()] == []


def test_colour_cannot_be_forced_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    stream = io.StringIO()
    reporter = Terminal(console(stream))
    for event in sample.events():
        reporter.handle(event)
    assert "\x1b" not in stream.getvalue().replace("\\x1b", "")


def test_equal_runs_give_equal_output(tmp_path: Path) -> None:
    first = sample.report(sample.events(), tmp_path / "a")["terminal"]
    assert sample.report(sample.events(), tmp_path / "b")["terminal"] == first


def test_terminal_gets_colours_and_the_progress_vanishes_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Tty()
    reporter = Terminal(console(stream))
    for event in sample.events():
        reporter.handle(event)
    assert "\x1b[1;31m" in stream.getvalue()
    assert stream.getvalue().rindex("\x1b[?25h") > stream.getvalue().rindex("\x1b[?25l")  # the cursor shows again


def test_progress_counts_by_subject() -> None:
    progress = ProgressTable()
    progress.handle(RunStarted(sample.OPTIONS, 5))
    progress.handle(CheckStarted("list.a", "list"))
    progress.handle(CheckFinished("list.a", "list", 0.1, sample.FAILURES[:1]))
    progress.handle(CheckStarted("get.b", "get"))
    screen = Console(file=io.StringIO(), width=60, record=True)
    screen.print(progress.render())
    text = screen.export_text()
    assert re.search(r"list +1 +1 failing", text)
    assert re.search(r"1/5 +get\.b", text)
