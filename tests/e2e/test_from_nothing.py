"""From an empty folder and the wheel to green tests."""

from __future__ import annotations

import re
import shutil
import sys
import time
from pathlib import Path
from textwrap import dedent
from typing import Final

import pytest
from tests.e2e.packages import environment, install, virtual_environment
from tests.support import children
from tests.support.processes import ROOT

pytestmark = pytest.mark.packaging

EXAMPLE: Final = ROOT / "examples" / "test_integration.py"
COROUTINES: Final = """
import sys, pytest, anyio

@pytest.mark.asyncio
async def test_pytest_asyncio(postfuze_async):
    assert (await postfuze_async.create_account(platform="x"))["platform"] == "x"
    await postfuze_async.inbox
    assert (await postfuze_async.session.get("/social-accounts")).status_code == 200

@pytest.mark.anyio
async def test_anyio(postfuze_async, anyio_backend_name):
    assert (await postfuze_async.create_account(platform="x"))["platform"] == "x"
    assert (await postfuze_async.session.get("/social-accounts")).status_code == 200
    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            group.start_soon(postfuze_async.advance_clock, 7)

def test_nothing_of_the_server_is_here(postfuze):
    assert len(postfuze.search_accounts()) == 120
    with pytest.raises(ImportError):
        import connexion
"""
SERVER: Final = f"'{sys.executable}' -P -m postfuze_mock"


def test_twenty_tests_on_three_workers_are_green_from_nothing(
    wheel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The guides promise less than a minute on an idle machine; how long it took is printed."""
    start = time.monotonic()
    python = virtual_environment(tmp_path / "venv")
    install(python, wheel, "pytest", "pytest-xdist", "httpx")
    installed = time.monotonic()
    output = output_of(python, EXAMPLE, "-n", "3")
    end = time.monotonic()

    assert re.search(r"^20 passed in ", output, re.MULTILINE), output
    with capsys.disabled():
        print(f"\nFrom nothing to green: {end - start:.1f} s, {installed - start:.1f} s of them to install.")  # noqa: T201


def test_client_and_plugin_need_nothing_but_pytest(wheel: Path, tmp_path: Path) -> None:
    python = virtual_environment(tmp_path / "venv")
    install(python, "--no-deps", wheel)
    install(python, "pytest", "pytest-asyncio", "anyio", "trio", "httpx")
    suite = tmp_path / "test_coroutines.py"
    suite.write_text(dedent(COROUTINES), encoding="utf-8")

    flags = ("-W", "error", "-o", "asyncio_default_fixture_loop_scope=function", "--postfuze-command", SERVER)

    assert "\n4 passed" in (output := output_of(python, suite, *flags)), output
    assert "\n20 passed" in (output := output_of(python, EXAMPLE, *flags)), output
    assert "name a command that starts one elsewhere" in output_of(python, suite, "-k", "server")


def output_of(python: Path, suite: Path, *flags: str) -> str:
    """The output of pytest, in a folder with nothing but `suite`."""
    folder = python.parents[2] / "suite"
    folder.mkdir(exist_ok=True)
    shutil.copy(suite, folder)
    result = children.run([python, "-m", "pytest", "-q", suite.name, *flags], cwd=folder, env=environment(), limit=120)
    return (result.stdout + result.stderr).decode()
