"""The command `postfuze-mock`. Exit codes: 0 success; 1 refused (an invalid file, a busy port); 2 wrong usage (an
unknown flag, an invalid setting, a file that is not there); 130 interrupted before the command took care of signals
itself; 141 the reader of the output has closed it."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import Final

from postfuze_mock.cli.printable import printable

# As of shells: 128 + SIGINT, 128 + SIGPIPE.
_INTERRUPTED: Final = 130
_OUTPUT_CLOSED: Final = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with `arguments` (default: the process's own) and return its exit code."""
    gc.disable()  # imports leave no garbage, and looking for it would take a seventh of the start-up time
    try:
        from postfuze_mock.cli.arguments import parse  # reads openapi.yaml

        options = parse(sys.argv[1:] if arguments is None else arguments)
        code: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # as with `spec | head`; what is left must not be written at the end either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _OUTPUT_CLOSED
    except (ValueError, OSError) as error:
        return refused(error)
    except KeyboardInterrupt:  # not 0, which would say of `exec -- pytest` that the tests passed
        return _INTERRUPTED
    return code


def refused(error: Exception) -> int:
    """Say what `error` says: one sentence, or one for each mistake of a file. Returns the exit code for it."""
    from postfuze_fixtures.world_file import UnknownWorldError, WorldFileError
    from postfuze_mock.settings import SettingsError

    for line in error.lines if isinstance(error, WorldFileError) else (str(error),):
        print(f"postfuze-mock: {printable(line)}", file=sys.stderr)
    return 2 if isinstance(error, SettingsError | UnknownWorldError) else 1
