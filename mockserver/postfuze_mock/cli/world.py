"""`postfuze-mock world check`."""

from __future__ import annotations

import argparse

from postfuze_mock.app import make_worlds
from postfuze_mock.settings import Settings


def check(arguments: argparse.Namespace) -> int:
    """Load the file and make its worlds, as serving it would: only then is it known to be right."""
    worlds = make_worlds(Settings(world=arguments.file))
    for name in ("any-name", *worlds.template.worlds):
        world = worlds.world(name)
        sessions = len(world.store.sessions())
        print(f"{name}: {world.store.count()} accounts, {sessions} pending sessions")
    print(f"{arguments.file} is a good world file.")
    return 0
