"""`postfuze-mock serve`: reads the settings, opens the ports, and serves in this process or in several workers."""

from __future__ import annotations

import argparse
import socket
from collections.abc import Mapping
from functools import partial
from typing import Any

from postfuze_mock.cli import output, stdin_watch
from postfuze_mock.cli.listening import base_url, listen
from postfuze_mock.http.perimeter.access import access
from postfuze_mock.settings import InvalidSettingError, Settings, SettingsError, read, source


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM (with `exit_on_stdin_close`, also until stdin is closed), then exit with 0, or with
    1 if the last changes could not be saved. Raises ValueError or OSError (one sentence) if the server cannot start."""
    flags = vars(arguments)
    try:
        settings = read(flags)
        if settings.exit_on_stdin_close:
            stdin_watch.check(settings.world)
        output.configure_log(settings.log_format)
        settings, sockets = listen(settings)
        return _serve(settings, sockets, flags)
    except InvalidSettingError as error:
        raise SettingsError(f"{source(error.setting, flags)} {error.reason}") from error


def _serve(settings: Settings, sockets: list[socket.socket], flags: Mapping[str, Any]) -> int:
    announce = partial(output.announce, base_url(settings), access(settings), form=settings.log_format)
    watches = [stdin_watch.watch] if settings.exit_on_stdin_close else []
    if settings.workers > 1:
        from postfuze_mock.cli.workers import supervisor  # multiprocessing, which one process does not need

        return supervisor.run(settings, sockets, announce, watches, flags)
    from postfuze_mock.cli import serve  # the server itself, which the supervisor does not need

    return serve.run(settings, sockets, announce, watches)
