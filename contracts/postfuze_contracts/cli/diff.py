"""`postfuze-contracts diff A B`."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from postfuze_contracts import diff
from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.cli import exit_codes, preflight
from postfuze_contracts.cli.exit_codes import tell
from postfuze_contracts.config import ConfigError, casts
from postfuze_contracts.config.precedence import refuse_password
from postfuze_contracts.config.sources import Given, variable
from postfuze_contracts.diff import Difference
from postfuze_contracts.model.options import Keys, Options, Secret
from postfuze_contracts.target.client import Client
from postfuze_contracts.target.target import Target


def run(arguments: argparse.Namespace) -> int:
    """Print the differences; 1 where there are some. Raises ConfigError, Unreachable."""
    a = _options(arguments, "a")
    b = _options(arguments, "b")
    targets = [_reached(each) for each in (a, b)]
    found = diff.differences(*diff.answers(*targets)) + diff.of_assumptions(a, b, REGISTRY)
    for target in targets:
        target.client.close()
    if arguments.json:
        print(json.dumps({"a": a.url, "b": b.url, "differences": [asdict(each) for each in found]}, indent=2))
    else:
        _show(a, b, found)
    return exit_codes.BROKEN if found else exit_codes.KEPT


def _options(arguments: argparse.Namespace, side: str) -> Options:
    url = Given(getattr(arguments, side), side.upper(), {}, Path(), shown=False).as_(casts.url)
    flag = f"key_env_{side}" if getattr(arguments, f"key_env_{side}") is not None else "key_env"
    named = getattr(arguments, flag)
    place = f"--{flag.replace('_', '-')}"
    if named is None and not os.environ.get("POSTFUZE_KEY"):
        raise ConfigError(f"no API key was given for {url}: set --key-env-{side}, --key-env or POSTFUZE_KEY")
    key = Given(variable(named or "POSTFUZE_KEY", place, os.environ), place, {}, Path(), shown=False)
    proxy, bundle = (_way(arguments, side, url, name) for name in ("proxy", "ca_bundle"))
    return Options(
        url,
        Keys(Secret(key.as_(casts.token), "keys.full")),
        rate=arguments.rate,
        proxy=None if proxy is None else Secret(proxy.as_(casts.proxy), "target.proxy"),
        certificates=None if bundle is None else bundle.pem(),
    )


def _way(arguments: argparse.Namespace, side: str, url: str, name: str) -> Given | None:
    """The proxy or the certificates for one side: its own, else those for both, but none for this machine."""
    flags = vars(arguments)
    for flag in (f"{name}_{side}", name):
        refuse_password(flags, flag)
        if flags[flag] is not None and (flag != name or urlsplit(url).hostname not in _HERE):
            return Given(flags[flag], f"--{flag.replace('_', '-')}", os.environ, Path(), shown=False)
    return None


def _reached(options: Options) -> Target:
    client = Client(options)
    preflight.look(options, client, tell)
    return Target(options, client)


def _show(a: Options, b: Options, found: list[Difference]) -> None:
    print(f"A  {a.url}\nB  {b.url}")
    kind = ""
    for each in sorted(found, key=lambda difference: _ORDER.index(difference.kind)):
        if each.kind != kind:
            kind = each.kind
            print(f"\n{kind}")
        print(f"  {each.where}\n    A  {each.a}\n    B  {each.b}")
    print(f"\n{len(found)} differences" if len(found) != 1 else "\n1 difference")


_HERE = ("localhost", "127.0.0.1", "::1")
_ORDER = ("status", "header", "shape", "nulls", "assumption")
