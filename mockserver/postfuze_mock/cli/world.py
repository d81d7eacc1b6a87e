"""`postfuze-mock world check` and `world schema`."""

from __future__ import annotations

import argparse
import sys

from postfuze_fixtures.world_file import SCHEMA_FILE
from postfuze_mock.app import make_worlds
from postfuze_mock.settings import Settings


def schema(_arguments: argparse.Namespace) -> int:
    """Print the schema that editors complete world files by."""
    sys.stdout.write(SCHEMA_FILE.read_text(encoding="utf-8"))
    return 0


def check(arguments: argparse.Namespace) -> int:
    """Load the file and make its worlds, as serving it would: only then is it known to be right."""
    worlds = make_worlds(Settings(world=arguments.file))
    for name in ("any-name", *worlds.template.worlds):
        world = worlds.world(name)
        sessions = len(world.store.sessions())
        print(f"{name}: {world.store.count()} accounts, {sessions} pending session{'s' if sessions != 1 else ''}")
    print(f"{arguments.file} is a good world file.")
    return 0
