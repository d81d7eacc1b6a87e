"""`postfuze-contracts diff A B`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

from postfuze_contracts import diff
from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.cli import exit_codes
from postfuze_contracts.cli.interrupts import Interrupts
from postfuze_contracts.cli.preflight import preflight
from postfuze_contracts.config import ConfigError, casts, variables
from postfuze_contracts.config.sources import Value, refuse_credentials, spelling, variable
from postfuze_contracts.diff import Difference, Kind
from postfuze_contracts.model.options import Keys, Options, Secret
from postfuze_contracts.reports.text import json_text, number, one_line
from postfuze_contracts.target.budget import Budget
from postfuze_contracts.target.client import Client
from postfuze_contracts.target.target import Target

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ORDER = get_args(Kind)
_HEADINGS = {"data": "data (or what no document describes; not counted)"}


def run(arguments: argparse.Namespace) -> int:
    """Print the differences. Returns 1 if there are any. Raises ConfigError, Unreachable."""
    variables.refuse_old_names(os.environ)
    variables.refuse_unknown(os.environ, variables.references(vars(arguments)))
    a, b = _options(arguments, "a"), _options(arguments, "b")
    budget = Budget(a)
    with (
        closing(Client(a, budget=budget)) as client_a,
        closing(Client(b, budget=budget)) as client_b,
        Interrupts(client_a) as interrupts,
        interrupts.at_once(),
    ):
        targets = _target(a, client_a), _target(b, client_b)
        differences = diff.differences(*diff.exchanges(*targets)) + diff.assumption_differences(*targets, REGISTRY)
    if arguments.json:
        print(json_text({"a": a.url, "b": b.url, "differences": [asdict(each) for each in differences]}))
    else:
        _print(a, b, differences)
    return exit_codes.BROKEN if _counted(differences) else exit_codes.KEPT


def _options(arguments: argparse.Namespace, side: str) -> Options:
    url = _value(getattr(arguments, side), side.upper()).cast(casts.url)
    proxy, bundle = (_own_or_shared(arguments, side, url, name) for name in ("proxy", "ca_bundle"))
    return Options(
        url,
        Keys(Secret(_key(arguments, side, url).cast(casts.token), "keys.full")),
        rate=arguments.rate,
        max_time=arguments.max_time,
        **{name: value for name in ("timeout", "max_response") if (value := getattr(arguments, name)) is not None},
        proxy=None if proxy is None else Secret(proxy.cast(casts.proxy), "target.proxy"),
        certificates=None if bundle is None else bundle.certificates(),
    )


def _key(arguments: argparse.Namespace, side: str, url: str) -> Value:
    flag = f"key_env_{side}" if getattr(arguments, f"key_env_{side}") is not None else "key_env"
    name = getattr(arguments, flag)
    if name is None and not os.environ.get("POSTFUZE_KEY"):
        hint = variables.misspelt("POSTFUZE_KEY", os.environ)
        raise ConfigError(f"the API key for {url} is missing: set --key-env-{side}, --key-env or POSTFUZE_KEY{hint}")
    source = spelling(flag)
    return _value(variable(name or "POSTFUZE_KEY", source, os.environ), source)


def _own_or_shared(arguments: argparse.Namespace, side: str, url: str, name: str) -> Value | None:
    """The proxy or certificates of one side: its own, else the shared ones, which do not apply to loopback."""
    flags = vars(arguments)
    for flag in (f"{name}_{side}", name):
        refuse_credentials(flags, flag)
        if flags[flag] is not None and (flag != name or urlsplit(url).hostname not in _LOOPBACK):
            return _value(flags[flag], spelling(flag))
    return None


def _value(raw: str, source: str) -> Value:
    return Value(raw, source, os.environ, Path(), private=True)


def _target(options: Options, client: Client) -> Target:
    preflight(options, client)
    return Target(options, client)


def _print(a: Options, b: Options, differences: Sequence[Difference]) -> None:
    print(f"A  {a.url}\nB  {b.url}")
    kind = ""
    for each in sorted(differences, key=lambda difference: _ORDER.index(difference.kind)):
        if each.kind != kind:
            kind = each.kind
            print(f"\n{_HEADINGS.get(kind, kind)}")
        print(f"  {one_line(each.where)}\n    A  {one_line(each.a)}\n    B  {one_line(each.b)}")
    count = len(_counted(differences))
    others = f", and {len(differences) - count} in data" if count < len(differences) else ""
    print(f"\n{number(count, 'difference')}{others}")


def _counted(differences: Sequence[Difference]) -> list[Difference]:
    """The differences that make the exit code 1."""
    return [each for each in differences if each.kind != "data"]
