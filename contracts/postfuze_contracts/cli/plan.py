"""`--dry-run`: what a run would do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from postfuze_contracts.engine import catalogue
from postfuze_contracts.engine.check import Check
from postfuze_contracts.model.options import Options


def lines(options: Options, checks: Sequence[Check]) -> Iterator[str]:
    """The plan, by subject: each check with its access, what it writes, and what it lacks."""
    statements = {statement for check in checks for statement in check.statements}
    asked = len(statements & set(options.only)) if options.only else len(statements)
    yield f"Target   {options.url or 'none given: --url, POSTFUZE_URL or [target] url'}"
    yield f"Key      {options.keys.full or 'none given: --key-env, POSTFUZE_KEY or [keys] full'}"
    if options.proxy is not None:
        yield f"Proxy    {options.proxy}"
    if options.certificates is not None:
        yield f"Trusts   {options.certificates.count('BEGIN CERTIFICATE')} certificates of [target] ca_bundle alone"
    yield f"Access   {options.access.name.lower()}"
    yield f"Profile  {options.profile}, seed {options.seed}"
    yield f"Plan     {len(checks)} checks of {asked} statements; nothing was sent"
    for subject, group in groupby(checks, key=lambda check: check.subject):
        yield f"\n{subject}"
        for check in group:
            yield from _check(options, check)


def _check(options: Options, check: Check) -> Iterator[str]:
    yield f"  {check.name} ({check.access.name.lower()}): {', '.join(sorted(check.statements))}"
    if check.writes:
        yield f"    writes: {check.writes}"
    for need in catalogue.missing(options, check):
        whole = "blocked" if options.access < check.access else "blocked in part"
        yield f"    {whole}: {need.what} ({need.id}); {need.how}"
