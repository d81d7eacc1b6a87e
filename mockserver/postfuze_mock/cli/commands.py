"""The commands that start no server: `spec`, `world check` and `world schema`."""

from __future__ import annotations

import argparse
import json
import sys

from postfuze_fixtures.world_file import SCHEMA_FILE
from postfuze_mock import openapi_3_1, spec
from postfuze_mock.app import make_worlds
from postfuze_mock.settings import Settings


def print_spec(arguments: argparse.Namespace) -> int:
    """Print openapi.yaml, byte for byte, or its content as JSON; or the OpenAPI 3.1 document that follows from it."""
    document = openapi_3_1.derived(spec.load()) if arguments.openapi == "3.1" else spec.load()
    if arguments.json:
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    elif arguments.openapi == "3.1":
        sys.stdout.write(openapi_3_1.dumped(document))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(spec.load_bytes())
    return 0


def print_world_schema(_arguments: argparse.Namespace) -> int:
    """Print the JSON Schema of world files, with which editors complete and check them."""
    sys.stdout.write(SCHEMA_FILE.read_text(encoding="utf-8"))
    return 0


def check_world(arguments: argparse.Namespace) -> int:
    """Load the file and build its worlds, as `serve` does: some errors appear only then."""
    worlds = make_worlds(Settings(world=arguments.file))
    for name in ("any-name", *worlds.origins.template.worlds):
        world = worlds.world(name)
        sessions = world.store.session_count()
        print(f"{name}: {world.store.count()} accounts, {sessions} pending session{'s' if sessions != 1 else ''}")
    print(f"{arguments.file} is valid.")
    return 0
