"""An invalid configuration is refused in one message: file, line, reason, nearest valid name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.contracts.cli.commands import contracts

from postfuze_contracts.config import ConfigError, read

SECRET = "sk_live_do-not-show"
WAIVER = '[[waivers]]\nstatement = "list.newest-first"\nreason = "r"\nowner = "o"\nexpires = 2999-01-01\n'

BROKEN = f"-----BEGIN CERTIFICATE-----\n{SECRET}\n-----END CERTIFICATE-----"

REFUSALS = {
    "unknown table": ("[target]\n[kyes]\n", 2, "[kyes]", "did you mean keys?"),
    "unknown key": ('[keys]\n\nful = "x"\n', 3, "ful", "did you mean full?"),
    "key of another table": (f'[target]\nfull = "{SECRET}"\n', 2, "it belongs in [keys]"),
    "key outside its table": ('url = "http://a"\n', 1, "url", "it belongs in [target]"),
    "table that is a text": ('target = "http://a"\n', 1, "[target] must be a table"),
    "no TOML": ("[target]\nurl = \n", 2, "Invalid value"),
    "a string without its end": (f'[keys]\nfull = "{SECRET}\n', 2, ""),
    "a table without its end": ("[target\n", 1, ""),
    "a key twice": ('[target]\nurl = "http://a"\nurl = "http://b"\n', 3, ""),
    "url without scheme": ('[target]\nurl = "api.example.com/api/v1"\n', 2, "did you mean https://api.example.com"),
    "url of another scheme": ('[target]\nurl = "ftp://api.example.com"\n', 2, "http:// or https://"),
    "url with a password": (f'[target]\nurl = "https://me:{SECRET}@example.com"\n', 2, "a user, password"),
    "url with a query": (
        f'[target]\nurl = "https://example.com?key={SECRET}"\n',
        2,
        "a user, password, query",
    ),
    "url without host": ('[target]\nurl = "https:///api/v1"\n', 2, "https://api.example.com/api/v1"),
    "url with a bad port": ('[target]\nurl = "https://example.com:99999"\n', 2, "is not a valid URL"),
    "url that is a number": ("[target]\nurl = 5\n", 2, "[target] url must be a string"),
    "site of another scheme": (
        '[reports]\nsite = "ftp://docs"\n',
        2,
        "[reports] site must begin with http:// or https://",
    ),
    "site without host": (
        '[reports]\nsite = "https://"\n',
        2,
        "must be a URL such as https://docs.example.com/postfuze",
    ),
    "site with a fragment": (
        '[reports]\nsite = "https://a/docs#x"\n',
        2,
        "must not contain a user, password, query or",
    ),
    "proxy that is none": (f'[target]\nproxy = "socks5://me:{SECRET}@a"\n', 2, "[target] proxy must begin with http"),
    "proxy with a path": (f'[target]\nproxy = "http://me:{SECRET}@a/b"\n', 2, "must not contain a path"),
    "proxy without host": ('[target]\nproxy = "http://:3128"\n', 2, "such as http://proxy.example.com:3128"),
    "proxy with a bad port": (f'[target]\nproxy = "http://me:{SECRET}@a:x"\n', 2, "must be a URL such as"),
    "no such bundle": (
        '[target]\nca_bundle = "ca.pem"\n',
        2,
        "[target] ca_bundle: cannot read the file ca.pem: No such",
    ),
    "bundle that is none": (
        '[target]\nca_bundle = "contracts.toml"\n',
        2,
        "contracts.toml has no certificate in PEM form",
    ),
    "bundle that is broken": (
        f'[target]\nca_bundle = """{BROKEN}"""\n',
        2,
        "[target] ca_bundle has an invalid certificate",
    ),
    "probe that is a text in a table": ("[target]\nprobe = {a = 1}\n", 2, "[target] probe must be a list"),
    "key that is a number": ("[keys]\nfull = 12345\n", 2, "[keys] full must be a string"),
    "key with a space": (f'[keys]\nfull = "{SECRET} x"\n', 2, "printable ASCII"),
    "key that is empty": ('[keys]\nrevoked = " "\n', 2, "[keys] revoked must not be empty"),
    "list with a number": ("[sessions]\nfresh = [\n  1,\n]\n", 2, "[sessions] fresh must be a string"),
    "command that is a list": (f'[sessions]\ncommand = ["{SECRET}"]\n', 2, "[sessions] command must be a string"),
    "switch that is a word": ('[allow]\nwrites = "perhaps"\n', 2, "must be true or false; it is 'perhaps'"),
    "rate of nought": ("[limits]\nrate = 0\n", 2, "must be a number above 0; it is '0'"),
    "rate that is infinite": ("[limits]\nrate = inf\n", 2, "must be a number above 0"),
    "time that is a switch": ("[limits]\nmax_time = true\n", 2, "must be a number above 0"),
    "connections in parts": ("[limits]\nconnections = 1.5\n", 2, "must be a whole number"),
    "requests below one": ("[limits]\nmax_requests = 0\n", 2, "must be 1 or more"),
    "variable that is not set": ('[keys]\nfull = "env:POSTFUZE_NONE"\n', 2, "POSTFUZE_NONE is not set"),
    "variable misspelt": ('[keys]\nfull = "env:POSTFUZE_EXAMPEL"\n', 2, "did you mean POSTFUZE_EXAMPLE?"),
    "variable that is empty": ('[keys]\nfull = "env:POSTFUZE_EMPTY"\n', 2, "POSTFUZE_EMPTY is empty"),
    "key in place of a variable": (f'[keys]\nfull = "env:{SECRET}"\n', 2, "not the key itself"),
    "file that is not there": ('[keys]\nfull = "file:none.txt"\n', 2, "cannot read the file none.txt: No such file"),
    "waiver in single brackets": ('[waivers]\nstatement = "a"\n', 1, "[[waivers]], in double brackets"),
    "waiver of nothing known": (WAIVER.replace("newest", "newst"), 2, "did you mean list.newest-first?"),
    "waiver of what HTTP cannot show": (WAIVER.replace("list.newest-first", "events.connected"), 2, "HTTP alone"),
    "waiver with another key": (WAIVER + 'reasons = "r"\n', 6, "did you mean reason?"),
    "waiver without an owner": (WAIVER.replace('owner = "o"\n', ""), 1, "[[waivers]] lacks owner"),
    "waiver without a reason in words": (WAIVER.replace('"r"', '""'), 3, "reason must not be empty"),
    "waiver until some day": (WAIVER.replace("2999-01-01", '"soon"'), 5, "a date such as 2027-01-31; it is 'soon'"),
    "waiver until 30 February": (WAIVER.replace("2999-01-01", '"2027-02-30"'), 5, "must be a date"),
    "waiver twice": (WAIVER + WAIVER, 7, "list.newest-first is waived twice"),
    "second waiver": (WAIVER + "\n" + WAIVER.replace("newest-first", "none").replace('"o"', "1"), 8, "list.none"),
}


@pytest.mark.parametrize(("text", "line", "says"), [(r[0], r[1], r[2:]) for r in REFUSALS.values()], ids=REFUSALS)
def test_message_names_the_line(text: str, line: int, says: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "contracts.toml").write_text(text)
    environ = {"POSTFUZE_EMPTY": "", "POSTFUZE_EXAMPLE": "x"}
    with pytest.raises(ConfigError) as refusal:
        read({}, environ, tmp_path)
    message = str(refusal.value)
    assert message.startswith(f"contracts.toml:{line}: ")
    assert all(each in message for each in says), message
    assert "\n" not in message
    assert "do-not-show" not in message


ELSEWHERE = {
    "variable in place of a url": ({}, {"POSTFUZE_URL": "example.com"}, "POSTFUZE_URL must begin with http"),
    "access": (
        {},
        {"POSTFUZE_CONTRACTS_ACCESS": "ful"},
        "POSTFUZE_CONTRACTS_ACCESS must be one of passive, probe, full; did you mean full?",
    ),
    "profile": (
        {},
        {"POSTFUZE_CONTRACTS_PROFILE": "CI"},
        "POSTFUZE_CONTRACTS_PROFILE must be one of smoke, quick, ci, deep",
    ),
    "key variable not set": ({"key_env": "POSTFUZE_KEYS"}, {}, "--key-env: the environment variable POSTFUZE_KEYS"),
    "key in its place": ({"key_env": SECRET}, {}, "--key-env takes the name of an environment variable"),
    "proxy with a password": (
        {"proxy": f"http://me:{SECRET}@a"},
        {},
        "--proxy has a user or a password in it, and everyone on the machine can read arguments; put it",
    ),
    "bundle": ({"ca_bundle": "none.pem"}, {}, "--ca-bundle: cannot read the file none.pem: No such file"),
    "no such file": ({"config": "none.toml"}, {}, "cannot read none.toml: No such file"),
    "folder": ({"config": "."}, {}, "cannot read .: it is a folder"),
    "only": ({"only": "list.newst"}, {}, "--only list.newst names no statement; did you mean list.newest-first?"),
    "only nothing": ({"only": ","}, {}, "--only names no statement"),
    "require": ({"require": "gett"}, {}, "--require gett names no statement"),
    "require what is left out": ({"only": "list", "require": "get"}, {}, "which --only leaves out"),
    "writes beside access": (
        {"access": "probe", "allow_writes": True},
        {},
        "--access and --allow-writes contradict each other",
    ),
    "the same by variables": (
        {},
        {"POSTFUZE_CONTRACTS_ACCESS": "probe", "POSTFUZE_CONTRACTS_ALLOW_WRITES": "1"},
        "POSTFUZE_CONTRACTS_ACCESS and POSTFUZE_CONTRACTS_ALLOW_WRITES contradict each other",
    ),
}


@pytest.mark.parametrize(("flags", "environ", "says"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_message_names_the_flag_or_variable(
    flags: dict[str, object], environ: dict[str, str], says: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=re.escape(says)) as refusal:
        read(flags, environ, tmp_path)
    assert "do-not-show" not in str(refusal.value)


def test_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "contracts.toml").write_bytes(b"[target]\nurl = '\xff'\n")
    with pytest.raises(ConfigError, match=r"^contracts\.toml:2: is not UTF-8 text"):
        read({}, {}, tmp_path)


USAGES = {
    "no target": (("run",), {"POSTFUZE_KEY": "k"}, "the target is missing: set --url, POSTFUZE_URL"),
    "no key": (("run", "--url", "http://127.0.0.1:9"), {}, "the API key is missing: set --key-env"),
    "a bad file": (("run", "--config", "bad.toml"), {}, "bad.toml:1: there is no table [tagret]; did you mean target?"),
    "a key as an argument": (("run", "--key", SECRET), {}, "--key-env NAME"),
    "a key as an argument, joined": (("run", f"--key={SECRET}"), {}, "--key-env NAME"),
    "an unknown flag with a key": (("run", "--token", SECRET), {}, "unrecognized arguments"),
    "a proxy with a password for one side": (
        ("diff", "http://a", "http://b", "--proxy-b", f"http://me:{SECRET}@c"),
        {"POSTFUZE_KEY": "k"},
        "--proxy-b has a user or a password",
    ),
    "an unknown flag with a password": (("run", "--prox", f"http://me:{SECRET}@c"), {}, "unrecognized arguments"),
    "unknown access": (("run", "--access", "all"), {}, "invalid choice"),
    "a rate that is none": (("run", "--rate", "0"), {}, "must be a number above 0"),
    "report without a path": (("run", "--report", "json"), {}, "must be FORMAT=PATH"),
    "report of no format": (("run", "--report", "jnit=a"), {}, "there is no format jnit; did you mean junit?"),
    "report twice": (("run", "--report", "json=a", "--report", "json=b"), {}, "--report json is set twice"),
    "report that is a folder": (("run", "--report", "json=."), {}, "it is a folder"),
    "unknown statement": (("explain", "get.unknwon"), {}, "did you mean get.unknown?"),
    "no command": ((), {}, "COMMAND"),
    "no such report": (("replay", "none.json"), {}, "cannot read none.json"),
    "no report": (("replay", "bad.toml"), {}, "bad.toml is not JSON"),
    "another JSON": (("replay", "other.json"), {}, "is not a report"),
    "diff without a key": (("diff", "http://a", "http://b"), {}, "the API key for http://a is missing"),
    "diff of no URL": (("diff", "a", "http://b"), {"POSTFUZE_KEY": "k"}, "A must begin with http"),
}


@pytest.mark.parametrize(("arguments", "env", "says"), USAGES.values(), ids=USAGES)
def test_wrong_usage_is_reported_with_exit_code_2(
    arguments: tuple[str, ...], env: dict[str, str], says: str, tmp_path: Path
) -> None:
    (tmp_path / "bad.toml").write_text("[tagret]\n")
    (tmp_path / "other.json").write_text("[]")
    result = contracts(*arguments, cwd=tmp_path, env=env)
    assert result.returncode == 2
    assert says in result.stderr
    assert not result.stdout
    assert "Traceback" not in result.stderr
    assert "do-not-show" not in result.stderr
