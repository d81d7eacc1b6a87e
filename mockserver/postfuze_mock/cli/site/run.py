"""The command `postfuze-mock site`."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from postfuze_mock.cli.site import folder
from postfuze_mock.cli.site.content import content


def run(options: argparse.Namespace) -> int:
    """Write the site. Raises OSError (one sentence) if the folder cannot be written; then nothing has changed."""
    target = Path(options.folder)
    site = content()
    try:
        folder.write(target, site.files)
    except OSError as error:
        raise OSError(f"{target} cannot be written: {error.strerror}" if error.strerror else str(error)) from error
    for each in site.missing:
        print(f"postfuze-mock: left out, because this installation does not have it: {each}", file=sys.stderr)
    size = sum(map(len, site.files.values())) / 1e6
    print(f"{target}: {len(site.files)} files, {size:.1f} MB. To look at it:")
    print(f"  python -m http.server --directory {shlex.quote(str(target))}")
    return 0
