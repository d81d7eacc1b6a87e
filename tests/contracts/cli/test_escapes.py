"""What a target says reaches terminals, logs and files only in a visible form, and begins no command of a CI server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from tests.contracts.cli.commands import contracts
from tests.contracts.cli.targets import changed_mock, stub
from tests.contracts.family import wire
from tests.contracts.family.mock import Deployment

from postfuze_contracts.reports import FORMATS
from postfuze_contracts.reports.text import printable

EVIL: Final = (
    "\x1b]0;owned\x07\x1b[2J\r\n::error::owned\n  ::add-mask::a\n##[error]owned ##vso[task.complete]\n"
    "\x00\x7f\x85\x9b31m\u2028\u2029\u200b\u200d\u061c\u202eowned\u2066\ufeff\u00ad\U000e0041\ud800"
)
#: Lists of this mock are never late, so the harness need not wait for them before it looks again.
ENV: Final = {"POSTFUZE_KEY": "sk_test_family", "KEY_B": "sk_test_other", "POSTFUZE_CONTRACTS_SETTLE": "0.01"}
_TEXTS: Final = ("detail", "title", "code", "username", "display_name", "network_unique_id", "status", "next_cursor")


def test_text_that_acts_is_shown_as_escapes() -> None:
    text = printable(EVIL)
    assert_harmless(text)
    assert r"\x1b]0;owned\x07\x1b[2J" in text
    assert r"\u202eowned\u2066\ufeff\xad\U000e0041\ud800" in text
    assert "\n\\x3a:error" in text
    assert printable("é 😀\u00a0\tB\nhttp://[::1]/ a::b # [x]") == "é 😀\u00a0\tB\nhttp://[::1]/ a::b # [x]"


@pytest.fixture(scope="module")
def evil() -> Iterator[Deployment]:
    """The mock, each of whose answers says such text wherever it can."""
    with changed_mock("*", _evil) as deployment:
        yield deployment


@pytest.fixture(scope="module")
def folder(evil: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The outputs of a run, each in a file."""
    folder = tmp_path_factory.mktemp("evil")
    reports = [f"--report={each}={folder / each}" for each in FORMATS]
    only = "get.unknown,list.filter-username,account.status"
    arguments = ("--url", evil.url, "--only", only, "--debug", "--show-bodies", f"--pin={folder / 'pins.toml'}")
    result = contracts("run", *arguments, *reports, cwd=folder, env=ENV)
    assert result.returncode == 1, result.stderr
    (folder / "stdout").write_text(result.stdout, "utf-8", "surrogatepass")
    (folder / "stderr").write_text(result.stderr, "utf-8", "surrogatepass")
    return folder


@pytest.mark.parametrize("name", [*FORMATS, "stdout", "stderr", "pins.toml"])
def test_no_output_of_a_run_has_text_that_acts(name: str, folder: Path) -> None:
    text = (folder / name).read_bytes().decode()
    assert_harmless(text)
    assert "owned" in text or name in ("stderr", "pins.toml")


def test_json_reports_are_ascii(folder: Path) -> None:
    assert all((folder / name).read_bytes().isascii() for name in ("json", "sarif"))
    json.loads((folder / "json").read_bytes())


def test_replay_has_no_text_that_acts(evil: Deployment, folder: Path, tmp_path: Path) -> None:
    result = contracts("replay", folder / "json", "--url", evil.url, cwd=tmp_path, env=ENV)
    assert result.returncode == 1, result.stderr
    assert_harmless(result.stdout)
    assert_harmless(result.stderr)
    assert "owned" in result.stdout


@pytest.mark.slow
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_diff_has_no_text_that_acts(form: list[str], evil: Deployment, url: str, tmp_path: Path) -> None:
    result = contracts("diff", url, evil.url, "--key-env-b", "KEY_B", *form, cwd=tmp_path, env=ENV)
    assert result.returncode in (0, 1), result.stderr
    assert_harmless(result.stdout)
    assert_harmless(result.stderr)
    assert "owned" in result.stdout


@pytest.mark.parametrize("status", [401, 404, 429, 500])
def test_a_refusal_before_the_run_has_no_text_that_acts(status: int, tmp_path: Path) -> None:
    problem = {"type": "about:blank", "title": EVIL, "status": status, "detail": EVIL}
    headers = {"Content-Type": "application/problem+json", "Retry-After": "500"}
    with stub(status, json.dumps(problem).encode(), headers) as target:
        result = contracts("run", "--url", target.url, cwd=tmp_path, env=ENV)
    assert result.returncode == 3, result.stderr
    assert_harmless(result.stdout)
    assert_harmless(result.stderr)
    assert result.stderr.count("\n") <= 2


def test_a_redirect_shows_its_destination_escaped(tmp_path: Path) -> None:
    with stub(302, headers={"Location": "http://h/\x9b31m\xad::error::\x85"}) as target:
        result = contracts("run", "--url", target.url, cwd=tmp_path, env=ENV)
    assert result.returncode == 3
    assert_harmless(result.stderr)


def assert_harmless(text: str) -> None:
    """Fail if something in `text` would act on a terminal or a CI server."""
    acting = {each for each in text if unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - {"\n", "\t"}
    assert acting == set()
    assert re.search(r"(?m)^\s*::|##\w*\[", text) is None


def _evil(request: wire.Request, response: wire.Response) -> wire.Response:
    headers = {**response.headers, "x-said": "\x9b31m\x85", "cache-control": "\xad::error::\x9b owned"}
    changed = wire.Response(response.status, headers, response.body)
    try:
        document = json.loads(response.body)
    except ValueError:
        return changed
    return changed.with_body(_said(document, first_page=request.parameters.get("limit") == "1"))


def _said(value: Any, name: str = "", *, first_page: bool = False) -> Any:
    """The document with text that acts in most of its strings."""
    if isinstance(value, dict):
        return {key: _said(each, key, first_page=first_page) for key, each in value.items()} | {EVIL: EVIL}
    if isinstance(value, list):
        return [_said(each, name, first_page=first_page) for each in value]
    is_evil = isinstance(value, str) and name in _TEXTS and not first_page
    return EVIL.removesuffix("\ud800") if is_evil else value  # so that the list can be filtered by it


def test_libraries_warn_like_the_command() -> None:
    script = (
        "import logging, warnings; from postfuze_contracts.cli.exit_codes import adopt_streams; adopt_streams();"
        r"logging.getLogger('library').warning('\x1b]0;owned\n::error::owned'); warnings.warn('\x9bowned\n::error::b')"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert_harmless(result.stderr)
    starts = [line.partition("warning: ")[2].partition("owned")[0] for line in result.stderr.splitlines()]
    assert starts == [r"\x1b]0;", r"\x9b"]
