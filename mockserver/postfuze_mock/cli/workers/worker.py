"""A worker of `serve --workers`: a server like any other, in a process that its supervisor starts and ends."""

from __future__ import annotations

import gc
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any

from postfuze_mock.cli import output, refused
from postfuze_mock.settings import InvalidSettingError, Settings, SettingsError, source


def run(settings: Settings, sockets: list[socket.socket], supervisor: Connection, flags: Mapping[str, Any]) -> None:
    """Serve on `sockets` until SIGTERM, or until the connection to the supervisor is closed, even because that was
    killed; then end the process. The supervisor is sent a key to begin with (or None) once requests are accepted. Why
    that failed is said on stderr, as a single process says it; `flags` are those of the command line."""
    gc.disable()  # as in `main`; the server enables it
    if hasattr(signal, "pthread_sigmask"):
        # A terminal's Ctrl-C reaches the supervisor too, which ends this process: for uvicorn it would be a second one.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    output.configure_log(settings.log_format)
    from postfuze_mock.cli import serve  # like a single process, which says what it cannot import

    try:
        code = serve.run(settings, sockets, partial(_announce, supervisor), [partial(_watch, supervisor)])
    except InvalidSettingError as error:
        code = refused(SettingsError(f"{source(error.setting, flags)} {error.reason}"))
    except (ValueError, OSError) as error:
        code = refused(error)
    sys.exit(code)


def _announce(supervisor: Connection, key: str | None) -> None:
    with suppress(OSError):  # it ends this process, or has ended itself
        supervisor.send(key)


def _watch(supervisor: Connection, on_close: Callable[[], None]) -> None:
    """Call `on_close` from another thread as soon as the supervisor closes the connection, or has ended."""

    def wait() -> None:
        try:
            supervisor.recv_bytes()  # nothing is ever sent
        except (EOFError, OSError):
            on_close()

    Thread(target=wait, name="supervisor", daemon=True).start()
