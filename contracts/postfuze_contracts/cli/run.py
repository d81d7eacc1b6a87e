"""`postfuze-contracts run`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from postfuze_contracts import config
from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.cli import exit_codes, outcome, outputs, plan, preflight
from postfuze_contracts.cli.exit_codes import tell
from postfuze_contracts.cli.following import follow
from postfuze_contracts.config import Asked, ConfigError
from postfuze_contracts.engine import catalogue
from postfuze_contracts.model.options import Options


def run(arguments: argparse.Namespace) -> int:
    """Check the target and report; the exit code says how it went. Raises ConfigError."""
    asked = asked_for(arguments)
    files = outputs.paths(() if arguments.dry_run else arguments.report)
    checks = catalogue.selected(REGISTRY, asked.options.only)
    if arguments.dry_run:
        print("\n".join(plan.lines(asked.options, checks)))
        return exit_codes.KEPT
    require_target(asked.options)
    shown = outputs.Outputs(files, show_bodies=arguments.show_bodies, strict=arguments.strict)
    followed = follow(preflight.run_if_there(asked.options, checks, tell), shown.handle)
    finished = shown.masked(followed.finished)
    for remark in (*outcome.remarks(asked, finished), *(finished.tracebacks if arguments.debug else ())):
        tell(remark)
    return exit_codes.INTERRUPTED if followed.interrupted else outcome.code(asked, finished, strict=arguments.strict)


def asked_for(arguments: argparse.Namespace) -> Asked:
    """What the flags, the environment and the file in the working directory ask for. Raises ConfigError."""
    return config.read(vars(arguments), os.environ, Path.cwd(), tell)


def require_target(options: Options) -> None:
    """ConfigError where there is no URL or no key."""
    if not options.url:
        raise ConfigError(f"no target was given: set --url, POSTFUZE_URL or [target] url in {config.FILE_NAME}")
    if options.keys.full is None:
        raise ConfigError(f"no API key was given: set --key-env, POSTFUZE_KEY or [keys] full in {config.FILE_NAME}")
