"""The sockets of a server: opened before anything else, so that a busy port is told at once."""

from __future__ import annotations

import errno
import socket
import sys
from dataclasses import replace
from typing import Final

from postfuze_mock.http.perimeter.access import access
from postfuze_mock.settings import Settings

_BACKLOG: Final = 2048
#: Linux spreads connections evenly over the sockets of a port. With one socket for all processes, the process that
#: wakes up first would take most of those that come at once.
_SPREADS: Final = sys.platform == "linux"


def listen(settings: Settings) -> tuple[Settings, list[socket.socket]]:
    """Open the sockets of the API and, if it has a separate port, of the control API. Returns the settings with the
    actual ports, and the sockets.

    Raises OSError or SettingsError (one sentence).
    """
    listener = access(settings).listener  # refuses invalid settings before a port is opened
    api = _listen(settings.host, settings.port, "--port")
    settings, sockets = replace(settings, port=api.getsockname()[1]), [api]
    if listener is not None:
        sockets.append(_listen(*listener, "--control-port"))
        settings = replace(settings, control_port=sockets[-1].getsockname()[1])
    return settings, sockets


def base_url(settings: Settings) -> str:
    """The URL of the server for browsers on this machine."""
    host = settings.host
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{settings.port}"


def shared(listener: socket.socket, processes: int) -> list[socket.socket]:
    """A listening socket for each of several `processes`, on the port of `listener`, which is the first: one of its own
    where the system spreads connections over them."""
    if not _SPREADS:
        return [listener] * processes
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # only now: another server must find the port busy
    return [listener, *(_sibling(listener) for _ in range(processes - 1))]


def _sibling(listener: socket.socket) -> socket.socket:
    sibling = socket.socket(listener.family, socket.SOCK_STREAM)
    sibling.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sibling.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sibling.bind(listener.getsockname())
    sibling.listen(_BACKLOG)
    return sibling


def _listen(host: str, port: int, flag: str) -> socket.socket:
    """A listening socket; `flag` is the flag that sets its port. Raises OSError (one sentence)."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        raise OSError(f"cannot listen on {host}:{port}: {error.strerror or error}{_hint(error, port, flag)}") from error
    return listener


def _hint(error: OSError, port: int, flag: str) -> str:
    """What to change after `error`: the host, if this machine does not have it, else the port."""
    if isinstance(error, socket.gaierror) or error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        return "; --host must be an address of this machine, such as 127.0.0.1 or 0.0.0.0"
    return f"; choose another with {flag}, or {flag} 0 for a free one" if port else ""
