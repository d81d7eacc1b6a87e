"""`postfuze-mock exec --each-assumption`: what in a suite leans on the mock's own choices."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil
import pytest
from tests.e2e.exec.conftest import Exec, Running, are_gone, python
from tests.support.times import seconds, until

#: A suite of two tests, one of which leans on `limit.above-range`. It writes a JUnit file to the path in its arguments.
SUITE: Final = """
results = {
    "lists": call("/social-accounts") == 200,
    "refuses a large limit": call("/social-accounts?limit=1000") == 400,
}
cases = "".join(
    f'<testcase classname="suite" name="{name}">{"" if passed else "<failure/>"}</testcase>'
    for name, passed in results.items()
)
print("ran")
for path in sys.argv[1:]:
    open(path, "w").write(f"<testsuite>{cases}</testsuite>")
sys.exit(0 if all(results.values()) else 1)
"""
#: `limit.above-range` has two alternatives that break the suite, `list.disabled` has one that does not.
IDS: Final = "limit.above-range,list.disabled"


@pytest.mark.parametrize(
    ("jobs", "junit", "path"),
    [("3", "{run}/*.xml", "{run}/junit.xml"), ("1", "results/**/*.xml", "results/a/junit.xml")],
    ids=["a folder for each run", "one file after the other"],
)
def test_table_has_the_exit_codes_and_the_tests_that_lean_on_a_choice(
    execute: Exec, tmp_path: Path, jobs: str, junit: str, path: str
) -> None:
    (tmp_path / "results" / "a").mkdir(parents=True)
    stale = '<testsuite><testcase name="of an earlier run"/></testsuite>'
    (tmp_path / "results" / "stale.xml").write_text(stale, encoding="utf-8")
    flags = ["--each-assumption", IDS, "--jobs", jobs, "--output", "out", "--junit", junit]
    result = execute(*flags, command=[*python(SUITE), path])

    assert result.returncode == 1
    assert result.stdout.splitlines() == [
        "ALTERNATIVE                EXIT CODE",
        "limit.above-range=clamped          1",
        "    fails: suite::refuses a large limit",
        "limit.above-range=default          1",
        "    fails: suite::refuses a large limit",
        "list.disabled=hidden               0",
        "",
        "2 of 3 alternatives change the outcome: something leans on what nobody promised.",
        f"Output: {tmp_path / 'out'}",
    ]
    assert result.stderr.splitlines()[1].startswith("postfuze-mock: [1/4] own-choices: passed (")
    outputs = {file.parent.name: file.read_text(encoding="utf-8") for file in (tmp_path / "out").glob("*/output.txt")}
    assert set(outputs) == {
        "own-choices",
        "limit.above-range=clamped",
        "limit.above-range=default",
        "list.disabled=hidden",
    }
    assert all(text.startswith("ran\n") for text in outputs.values())
    assert outputs["own-choices"] == "ran\n"


def test_suite_that_leans_on_nothing_passes(execute: Exec, tmp_path: Path) -> None:
    script = "open(os.environ['POSTFUZE_RUN_DIR'] + '/mine', 'w').write('x')\nsys.exit(call('/social-accounts') != 200)"
    result = execute("--each-assumption", "parameters.repeated", command=python(script), env={"TMPDIR": str(tmp_path)})
    output = Path(result.stdout.splitlines()[-1].removeprefix("Output: "))

    assert result.returncode == 0
    assert output.parent == tmp_path
    assert "Passed under each of 1 alternatives" in result.stdout
    assert "Left out, because the mock cannot play it: parameters.repeated=first-wins." in result.stdout
    assert (output / "parameters.repeated=refused" / "mine").exists()


def test_failure_under_the_own_choices_is_said_first_and_ends_it(execute: Exec, tmp_path: Path) -> None:
    result = execute(
        "--each-assumption", "--output", "out", command=python("call('/social-accounts?limit=0'); sys.exit(6)")
    )

    assert (result.returncode, result.stdout) == (6, "")
    assert "COMMAND fails under the mock's own choices (exit code 6), so no alternative was tried" in result.stderr
    (output,) = (tmp_path / "out").glob("*/output.txt")
    assert "the API refused 1 call" in output.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--each-assumption", "list.disabld"], "there is no assumption list.disabld; did you mean list.disabled?"),
        (["--each-assumption", "service.clock"], "service.clock=fixed: there is none that the mock can play"),
        (["--each-assumption", "--state-file", "s.json"], "cannot share a --state-file"),
        (["--each-assumption", "--jobs", "2", "--port", "1"], "cannot share a port"),
        (["--each-assumption", "--jobs", "2", "--junit", "a.xml"], "--junit needs {run} with --jobs"),
        (["--each-assumption", "--output", "file/out"], "--output file/out cannot be made"),
        (["--jobs", "2"], "--jobs is for many runs: give --each-assumption as well"),
        (["--output", "out"], "--output is for many runs: give --each-assumption as well"),
        (["--junit", "a.xml"], "--junit is for many runs: give --each-assumption as well"),
    ],
)
def test_what_cannot_work_is_wrong_usage(execute: Exec, tmp_path: Path, flags: list[str], says: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = execute(*flags, command=["true"])

    assert (result.returncode, result.stdout) == (2, "")
    (sentence,) = result.stderr.splitlines()
    assert says in sentence


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_end_of_exec_ends_all_runs(background: Callable[..., Running], tmp_path: Path, ending: signal.Signals) -> None:
    script = "exec sleep $([ $(basename $POSTFUZE_RUN_DIR) = own-choices ] && echo 0 || echo 600)"
    flags = ["--each-assumption", "limit.above-range", "--jobs", "2", "--output", str(tmp_path / "out")]
    running = background(["sh", "-c", script], *flags)
    until(lambda: _sleeping(running) == 2, "the two runs", 60.0)
    processes = running.processes
    running.process.send_signal(ending)

    assert running.process.wait(seconds(20.0)) == (143 if ending == signal.SIGTERM else -9)
    until(lambda: are_gone(processes), "the end of all runs")


def _sleeping(running: Running) -> int:
    """How many commands sleep."""
    names = []
    for each in running.processes:
        try:
            names.append(each.name())
        except psutil.NoSuchProcess:
            continue
    return names.count("sleep")
