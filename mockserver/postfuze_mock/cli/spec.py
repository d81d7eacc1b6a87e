"""`postfuze-mock spec`."""

from __future__ import annotations

import argparse
import json
import sys

from postfuze_mock.spec import load, load_bytes


def run(arguments: argparse.Namespace) -> int:
    """Print openapi.yaml, byte for byte, or the same as JSON."""
    if arguments.json:
        sys.stdout.write(json.dumps(load(), indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(load_bytes())
    return 0
