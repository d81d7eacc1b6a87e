"""`postfuze-mock exec`: what the command gets, and what its caller gets from it."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.e2e.exec.conftest import PROGRAM, Exec, python
from tests.support import children
from tests.support.processes import environment

SHOW = """
names = ("POSTFUZE_URL", "POSTFUZE_ORIGIN", "POSTFUZE_KEY", "POSTFUZE_WEBHOOK_INBOX")
print(json.dumps({name: os.environ[name] for name in names} | {"status": call("/social-accounts")}))
"""


@pytest.mark.process(quick=True)
def test_command_finds_the_mock_in_its_environment(execute: Exec) -> None:
    result = execute(command=python(SHOW))
    told = json.loads(result.stdout)
    origin = told["POSTFUZE_ORIGIN"]

    assert (result.returncode, result.stderr) == (0, "")
    assert origin.startswith("http://127.0.0.1:")
    assert told == {
        "POSTFUZE_URL": f"{origin}/api/v1",
        "POSTFUZE_ORIGIN": origin,
        "POSTFUZE_KEY": "sk_live_demo",
        "POSTFUZE_WEBHOOK_INBOX": f"{origin}/_mock/inbox/demo",
        "status": 200,
    }
    port = int(origin.rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


@pytest.mark.parametrize(
    ("script", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -9 $$", 137), ("kill -TERM $$", 143)]
)
def test_exit_code_is_that_of_the_command(execute: Exec, script: str, code: int) -> None:
    result = execute(command=["sh", "-c", script])

    assert (result.returncode, result.stderr) == (code, "")


@pytest.mark.process(quick=True)
def test_streams_are_those_of_exec(tmp_path: Path) -> None:
    """They are connected as if exec was not there, and so is any other open file."""
    (tmp_path / "three").write_text("from 3\n", encoding="utf-8")
    line = f"""echo in | {" ".join(PROGRAM)} -- sh -c 'cat; cat <&3; echo err >&2' 3<three"""
    result = children.run(["sh", "-c", line], cwd=tmp_path, env=environment())

    assert (result.stdout, result.stderr) == (b"in\nfrom 3\n", b"err\n")


def test_arguments_of_the_command_stay_as_they_are(execute: Exec) -> None:
    words = ["--port", "x", "--", "a b", "", "-h", "ä"]
    result = execute(command=[sys.executable, "-c", "import sys; print(sys.argv[1:])", *words])

    assert result.stdout == f"{words}\n"


@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        (["there-is-none"], 127, "there is no command there-is-none"),
        (["./none.sh"], 127, "there is no command ./none.sh"),
        (["./file"], 126, "./file cannot be executed: Permission denied"),
        (["./text"], 126, "./text cannot be executed: Exec format error"),
    ],
)
def test_command_that_cannot_be_started_is_told_as_shells_do(
    execute: Exec, tmp_path: Path, command: Sequence[str], code: int, says: str
) -> None:
    for name, mode in (("file", 0o644), ("text", 0o755)):
        (tmp_path / name).write_text("x", encoding="utf-8")
        (tmp_path / name).chmod(mode)
    result = execute(command=command)

    assert (result.returncode, result.stderr) == (code, f"postfuze-mock: {says}\n")


@pytest.mark.parametrize("words", [[], ["--"], ["pytest"], ["--seed", "4"], ["--seed", "4", "pytest", "-q"]])
def test_missing_command_is_wrong_usage(tmp_path: Path, words: list[str]) -> None:
    result = children.run([*PROGRAM, *words], cwd=tmp_path, env=environment())

    assert (result.returncode, result.stdout) == (2, b"")
    (sentence,) = result.stderr.decode().splitlines()
    assert "exec needs -- and a command behind it, as in: postfuze-mock exec -- pytest" in sentence


@pytest.mark.parametrize(
    ("flags", "code", "says"),
    [
        (["--world", "nope.yaml"], 2, "the mock did not start: there is no world file nope.yaml"),
        (["--clock", "tomorrow"], 2, "the mock did not start: --clock is wrong: 'tomorrow' is not a clock setting"),
        (["--assume", "list.disabled=hiden"], 2, "the nearest is 'hidden'"),
        (["--host", "192.0.2.1"], 125, "cannot listen on 192.0.2.1"),
        (["--assume", "x"], 2, "--assume must be ID=ALTERNATIVE"),
        (["--control-port", "0"], 2, "--control-port 0 would be a port that COMMAND does not know"),
        (["--log-file", "none/mock.log"], 2, "--log-file none/mock.log cannot be written: No such file"),
    ],
)
def test_mock_that_does_not_start_is_told_in_one_sentence(
    execute: Exec, flags: list[str], code: int, says: str
) -> None:
    result = execute(*flags, command=["echo", "started"])

    assert (result.returncode, result.stdout) == (code, "")
    (sentence,) = result.stderr.splitlines()
    assert sentence.startswith("postfuze-mock: ")
    assert says in sentence


def test_all_mistakes_of_a_world_file_are_told(execute: Exec, tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("seeed: 1\nclock: never\n", encoding="utf-8")
    result = execute("--world", "w.yaml", command=["echo", "started"])
    first, *others = result.stderr.splitlines()

    assert (result.returncode, result.stdout) == (125, "")
    assert first.startswith("postfuze-mock: the mock did not start: w.yaml:1:1: ")
    assert [line.partition(" ")[0] for line in others] == ["w.yaml:2:8:"]


def test_unknown_flag_is_wrong_usage(execute: Exec) -> None:
    result = execute("--sed", "4", command=["true"])

    assert result.returncode == 2
    assert "--sed" in result.stderr
    assert "did you mean --seed" in result.stderr


def test_port_is_free_unless_a_flag_says_otherwise(execute: Exec, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        (tmp_path / "pyproject.toml").write_text(f"[tool.postfuze-mock]\nport = {port}\nseed = 7\n", encoding="utf-8")
        show = [sys.executable, "-c", "import os; print(os.environ['POSTFUZE_ORIGIN'])"]
        free = execute(command=show, env={"POSTFUZE_MOCK_PORT": str(port)})
        refused = execute("--port", str(port), command=show)
    taken = execute("--port", str(port), command=show)

    assert free.returncode == 0
    assert f":{port}\n" not in free.stdout
    assert (refused.returncode, refused.stdout) == (125, "")
    assert f"cannot listen on 127.0.0.1:{port}" in refused.stderr
    assert taken.stdout == f"http://127.0.0.1:{port}\n"


def test_flags_of_serve_reach_the_mock(execute: Exec, tmp_path: Path) -> None:
    script = """
print(call("/social-accounts?limit=1000"), call("/social-accounts"))
print(opener.open(os.environ["POSTFUZE_ORIGIN"] + "/_mock/health").read().decode())
"""
    flags = ["--assume", "limit.above-range=clamped", "--seed", "-4", "--no-rate-limits", "--state-file", "s.json"]
    result = execute(*flags, command=python(script), env={"POSTFUZE_MOCK_RATE_LIMITS": "yes"})

    assert result.stdout.startswith("200 200\n")
    assert '"seed":-4' in result.stdout
    assert json.loads((tmp_path / "s.json").read_bytes())["worlds"]


def test_worlds_are_its_own_whatever_is_set_for_a_mock_that_others_share(execute: Exec, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.postfuze-mock]\nstate = "sqlite:///file.db"\n', encoding="utf-8")
    script = """print(opener.open(os.environ["POSTFUZE_ORIGIN"] + "/_mock/health").read().decode())"""
    shared = {"POSTFUZE_MOCK_STATE": "sqlite:///environment.db", "POSTFUZE_MOCK_WORKERS": "2"}
    result = execute(command=python(script), env=shared)

    assert (result.returncode, result.stderr) == (0, "")
    assert '"state":"memory"' in result.stdout
    assert not [*tmp_path.glob("*.db")]


@pytest.mark.parametrize(
    ("flag", "says"),
    [
        ("--coverage=text", "--coverage is about COMMAND alone, and a database has what others met"),
        ("--coverage-fail-under=5", "--coverage is about COMMAND alone, and a database has what others met"),
        ("--each-assumption", "--each-assumption gives each run worlds of its own"),
    ],
)
def test_what_others_did_in_a_database_is_not_mixed_in(execute: Exec, flag: str, says: str) -> None:
    result = execute("--state", "sqlite:///worlds.db", flag, command=["true"])

    assert (result.returncode, result.stderr) == (2, f"postfuze-mock: {says}: leave --state out\n")


def test_control_port_moves_the_inbox_too(execute: Exec) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    result = execute("--control-port", str(port), "--show-journal", "always", command=python(SHOW))

    assert json.loads(result.stdout)["POSTFUZE_WEBHOOK_INBOX"] == f"http://127.0.0.1:{port}/_mock/inbox/demo"
    assert result.stderr == "postfuze-mock: the API refused no call\n"


WORLD = """
keys:
  - {key: sk_test_gone, status: revoked}
  - {key: sk_test_listed, world: shared}
"""


@pytest.mark.parametrize(
    ("key", "flags", "told", "inbox", "says"),
    [
        ("sk_test_mine", [], "sk_test_mine", "mine", ""),
        ("sk_test_mine_readonly", [], "sk_test_mine_readonly", "mine", ""),
        ("", [], "sk_live_demo", "demo", ""),
        ("s3cret", [], "sk_live_demo", "demo", "COMMAND gets POSTFUZE_KEY=sk_live_demo instead of yours"),
        ("sk_test_listed", ["--strict-keys"], "sk_test_listed", "shared", ""),
        ("sk_test_mine", ["--strict-keys"], "sk_test_listed", "shared", "the world file does not list it"),
    ],
)
def test_key_of_the_user_stays_if_the_mock_takes_it(
    execute: Exec, tmp_path: Path, key: str, flags: list[str], told: str, inbox: str, says: str
) -> None:
    (tmp_path / "w.yaml").write_text(WORLD, encoding="utf-8")
    world = ["--world", "w.yaml"] if flags else []
    result = execute(*world, *flags, command=python(SHOW), env={"POSTFUZE_KEY": key})
    variables = json.loads(result.stdout)

    assert (variables["POSTFUZE_KEY"], variables["status"]) == (told, 200)
    assert variables["POSTFUZE_WEBHOOK_INBOX"].endswith(f"/{inbox}")
    assert (says in result.stderr) if says else result.stderr == ""
    assert "s3cret" not in result.stderr


def test_log_goes_to_a_file_if_one_is_named(execute: Exec, tmp_path: Path) -> None:
    result = execute("--log-file", "mock.log", command=python("call('/social-accounts', 'sk_test_acme')"))

    assert (result.stdout, result.stderr) == ("", "")
    assert "New world acme" in (tmp_path / "mock.log").read_text(encoding="utf-8")


def test_help_has_examples(tmp_path: Path) -> None:
    result = children.run([*PROGRAM, "--help"], cwd=tmp_path, env=environment())

    assert result.returncode == 0
    assert b"postfuze-mock exec -- pytest" in result.stdout
    assert b"--show-journal" in result.stdout
    assert b"--world" in result.stdout
    assert b"picks a free one (default 0)" in result.stdout
