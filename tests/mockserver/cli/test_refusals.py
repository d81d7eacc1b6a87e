"""A start with an invalid setting is refused in one sentence, with the nearest valid name and without a traceback."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.mockserver.cli.conftest import Command


@dataclass(frozen=True)
class Refusal:
    """A start that must fail: `files` are written to the working directory; the message must contain `says`. With
    `usage` the command line's parser refuses it, and shows the usage before the sentence."""

    arguments: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    code: int = 2
    usage: bool = False


def pyproject(text: str) -> dict[str, str]:
    return {"pyproject.toml": text}


REFUSALS = {
    "world with an unknown member": Refusal(
        ("--world", "w.yaml"),
        files={"w.yaml": "seed: 1\nacounts: []\n"},
        says=("w.yaml", "2", "acounts", "accounts"),
        code=1,
    ),
    "world of an unknown platform": Refusal(
        ("--world", "w.yaml"),
        files={"w.yaml": "accounts:\n  - platform: facebok\n"},
        says=("w.yaml", "2", "facebook"),
        code=1,
    ),
    "world with a key that moves the cursor": Refusal(
        ("--world", "w.yaml"),
        files={"w.yaml": '"a\\e[2J\\u202eb\\nc": 1\n'},
        says=(r"\u001b[2J", r"\u202e", r"b\nc"),
        code=1,
    ),
    "state with a key that moves the cursor": Refusal(
        ("--state-file", "s.json"),
        files={"s.json": '{"version": 1, "worlds": {"\\u001b[2J\\u009b\\n": 1}}'},
        says=("s.json", r"\x1b[2J\x9b\n"),
        code=1,
    ),
    "seed out of range": Refusal(("--seed", "9007199254740992"), says=("--seed", "9007199254740991"), usage=True),
    "seed of thousands of digits": Refusal(env={"POSTFUZE_MOCK_SEED": "9" * 5000}, says=("whole number",)),
    "world that is no YAML": Refusal(
        ("--world", "w.yaml"), files={"w.yaml": "accounts: [\n"}, says=("w.yaml",), code=1
    ),
    "world that is no UTF-8": Refusal(
        ("--world", "w.yaml"), files={"w.yaml": "seed: \udcff\n"}, says=("w.yaml",), code=1
    ),
    "world with a bad clock": Refusal(
        ("--world", "w.yaml"), files={"w.yaml": "clock: yesterday\n"}, says=("yesterday",), code=1
    ),
    "world with an unknown assumption": Refusal(
        ("--world", "w.yaml"),
        files={"w.yaml": "assume: {finalize.duplicate-pages: refused}\n"},
        says=("finalize.duplicate-page",),
        code=1,
    ),
    "world file that is not there": Refusal(("--world", "there-is-none.yaml"), says=("there-is-none.yaml",)),
    "shipped world misspelt": Refusal(("--world", "emty"), says=("emty", "empty")),
    "world that is a folder": Refusal(("--world", "."), says=(".",), code=1),
    "clock": Refusal(("--clock", "tomorrow"), says=("--clock", "tomorrow", "2026-06-14T12:10:00.000Z,frozen")),
    "clock with another word": Refusal(("--clock", "2026-06-14T12:10:00Z,frosen"), says=("frosen", "frozen")),
    "assumption without an alternative": Refusal(("--assume", "finalize.duplicate-page"), says=("ID=ALTERNATIVE",)),
    "host to return to that is a URL": Refusal(
        ("--redirect-allow", "https://app.example.com"),
        says=("--redirect-allow", "https://app.example.com", "*.DOMAIN"),
    ),
    "unknown assumption": Refusal(
        ("--assume", "finalize.duplicate-pag=refused"), says=("finalize.duplicate-pag", "finalize.duplicate-page")
    ),
    "unknown alternative": Refusal(("--assume", "finalize.duplicate-page=refuse"), says=("refuse", "refused")),
    "assumptions file with an unknown assumption": Refusal(
        ("--assume-file", "a.toml"),
        files={"a.toml": "[assume]\n'list.disabld' = 'hidden'\n"},
        says=("a.toml:2:", "list.disabld", "list.disabled"),
        code=1,
    ),
    "assumptions file that is not there": Refusal(("--assume-file", "none.toml"), says=("none.toml",)),
    "port out of range": Refusal(("--port", "65536"), says=("65535",), usage=True),
    "port that is no number": Refusal(("--port", "http"), says=("port",), usage=True),
    "unknown flag": Refusal(("--strict-key-s",), says=("--strict-key-s", "did you mean --strict-keys?"), usage=True),
    "unknown flag with a value": Refusal(("--prot", "0"), says=("--prot 0; did you mean --port?",), usage=True),
    "unknown flag and value in one": Refusal(("--prot=0",), says=("--prot=0; did you mean --port?",), usage=True),
    "unknown negated flag": Refusal(("--no-contrl",), says=("did you mean --no-control?",), usage=True),
    "argument without a flag": Refusal(("8080",), says=("unrecognized arguments: 8080",), usage=True),
    "unknown log format": Refusal(("--log-format", "xml"), says=("xml", "text", "json"), usage=True),
    "unknown variable": Refusal(
        env={"POSTFUZE_MOCK_PROT": "0"}, says=("POSTFUZE_MOCK_PROT", "did you mean POSTFUZE_MOCK_PORT?")
    ),
    "unknown variable without the last underscore": Refusal(
        env={"POSTFUZE_MOCKPORT": "0"}, says=("POSTFUZE_MOCKPORT", "did you mean POSTFUZE_MOCK_PORT?")
    ),
    "clock in the environment": Refusal(env={"POSTFUZE_MOCK_CLOCK": "noon"}, says=("POSTFUZE_MOCK_CLOCK", "noon")),
    "webhook in pyproject.toml": Refusal(
        files=pyproject("[tool.postfuze-mock]\nwebhook-url = 'hook'\n"), says=("pyproject.toml: webhook-url must be",)
    ),
    "unknown way to save": Refusal(
        env={"POSTFUZE_MOCK_STATE_FILE_SYNC": "never"},
        says=("POSTFUZE_MOCK_STATE_FILE_SYNC", "never", "interval", "always"),
    ),
    "saving always, but nowhere": Refusal(("--state-file-sync", "always"), says=("--state-file",)),
    "port in the environment": Refusal(env={"POSTFUZE_MOCK_PORT": "http"}, says=("POSTFUZE_MOCK_PORT", "http")),
    "switch in the environment": Refusal(
        env={"POSTFUZE_MOCK_RELOAD": "perhaps"}, says=("POSTFUZE_MOCK_RELOAD", "perhaps")
    ),
    "seed in the environment": Refusal(env={"POSTFUZE_MOCK_SEED": "one"}, says=("POSTFUZE_MOCK_SEED", "one")),
    "log format in the environment": Refusal(
        env={"POSTFUZE_MOCK_LOG_FORMAT": "xml"}, says=("POSTFUZE_MOCK_LOG_FORMAT", "json")
    ),
    "assumption in the environment": Refusal(
        env={"POSTFUZE_MOCK_ASSUME": "list.disabled=hiden"}, says=("hiden", "hidden")
    ),
    "unknown setting in pyproject.toml": Refusal(
        files=pyproject("[tool.postfuze-mock]\nprot = 0\n"), says=("pyproject.toml", "prot", "port")
    ),
    "value in pyproject.toml": Refusal(
        files=pyproject("[tool.postfuze-mock]\nport = 'http'\n"), says=("pyproject.toml", "port", "http")
    ),
    "pyproject.toml that is no TOML": Refusal(files=pyproject("[tool.postfuze-mock\n"), says=("pyproject.toml",)),
    "settings in pyproject.toml that are no table": Refusal(
        files=pyproject("[tool]\npostfuze-mock = 3\n"), says=("pyproject.toml", "postfuze-mock")
    ),
    "pyproject.toml whose tool is no table": Refusal(files=pyproject("tool = 3\n"), says=("pyproject.toml",)),
    "control API asked for beyond loopback": Refusal(
        ("--host", "0.0.0.0", "--control"), says=("--control", "0.0.0.0", "--control-token", "--control-port")
    ),
    "control API asked for beyond loopback in the environment": Refusal(
        env={"POSTFUZE_MOCK_HOST": "::", "POSTFUZE_MOCK_CONTROL": "true"}, says=("--control-token", "--control-port")
    ),
    "control API open to everybody and to callers with a token": Refusal(
        ("--control", "open", "--control-token", "s3cret"), says=("--control open", "--control-token")
    ),
    "control API open to everybody at a port of loopback": Refusal(
        env={"POSTFUZE_MOCK_CONTROL": "open", "POSTFUZE_MOCK_CONTROL_PORT": "0"},
        says=("--control open", "--control-port"),
    ),
    "unknown choice of who may use the control API": Refusal(
        env={"POSTFUZE_MOCK_CONTROL": "opn"}, says=("POSTFUZE_MOCK_CONTROL", "true, false or open", "opn")
    ),
    "empty token": Refusal(("--control-token", ""), says=("--control-token", "empty")),
    "token that no header can carry": Refusal(
        env={"POSTFUZE_MOCK_CONTROL_TOKEN": "two words"}, says=("visible ASCII",)
    ),
    "host with a scheme": Refusal(("--allow-host", "http://mock"), says=("allow-host", "HOST", "http://mock")),
    "any host": Refusal(env={"POSTFUZE_MOCK_ALLOW_HOST": "*"}, says=("POSTFUZE_MOCK_ALLOW_HOST must be",)),
    "origin without a scheme": Refusal(
        ("--allow-origin", "localhost:3000"), says=("--allow-origin", "scheme://host[:port]", "localhost:3000")
    ),
    "origin with a path": Refusal(
        env={"POSTFUZE_MOCK_ALLOW_ORIGIN": "http://localhost:3000/"},
        says=("POSTFUZE_MOCK_ALLOW_ORIGIN", "scheme://host[:port]"),
    ),
    "all origins and one more": Refusal(
        files=pyproject("[tool.postfuze-mock]\nallow-origin = ['*', 'http://a']\n"), says=("allow-origin", "just *")
    ),
    "control port out of range": Refusal(
        env={"POSTFUZE_MOCK_CONTROL_PORT": "65536"}, says=("POSTFUZE_MOCK_CONTROL_PORT", "65535")
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_invalid_setting_is_refused_in_one_sentence(refusal: Refusal, command: Command, tmp_path: Path) -> None:
    for name, text in refusal.files.items():
        (tmp_path / name).write_text(text, encoding="utf-8", errors="surrogateescape")

    # If the start wrongly succeeds, it must not occupy a fixed port.
    result = command("serve", *refusal.arguments, env={"POSTFUZE_MOCK_PORT": "0", **refusal.env})

    assert result.code == refusal.code, result.stderr
    assert result.stdout == b""
    assert [part for part in refusal.says if part not in result.stderr] == []
    if refusal.usage:
        assert result.stderr.startswith("usage: ")
    else:
        assert len(result.stderr.splitlines()) == 1
        assert result.stderr.startswith("postfuze-mock: ")


def test_refused_token_is_not_shown(command: Command) -> None:
    result = command("serve", env={"POSTFUZE_MOCK_PORT": "0", "POSTFUZE_MOCK_CONTROL_TOKEN": "s3cret word"})

    assert result.code == 2
    assert "s3cret" not in result.stderr


def test_busy_port_is_refused(command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        result = command("serve", "--port", str(port))

    assert (result.code, result.stdout) == (1, b"")
    (sentence,) = result.stderr.splitlines()
    assert sentence.startswith(f"postfuze-mock: cannot listen on 127.0.0.1:{port}")
    assert "--port" in sentence
    assert "--host" not in sentence


def test_busy_control_port_is_refused(command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        result = command("serve", "--port", "0", "--control-port", str(port))

    assert (result.code, result.stdout) == (1, b"")
    (sentence,) = result.stderr.splitlines()
    assert sentence.startswith(f"postfuze-mock: cannot listen on 127.0.0.1:{port}")
    assert "--control-port" in sentence


def test_two_flags_cannot_name_one_port(command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = str(unused.getsockname()[1])
    result = command("serve", "--port", port, "--control-port", port)

    assert result.code == 1
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_host_that_this_machine_is_not_is_refused_without_advice_about_ports(command: Command, host: str) -> None:
    result = command("serve", "--host", host, "--port", "8099")

    assert result.code == 1
    (sentence,) = result.stderr.splitlines()
    assert host in sentence
    assert "--host must be an address of this machine" in sentence
    assert "--port" not in sentence
