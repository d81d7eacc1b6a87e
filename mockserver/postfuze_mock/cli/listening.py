"""The sockets that the server listens on, bound before anything else is done."""

from __future__ import annotations

import socket


def listen(host: str, port: int, flag: str) -> socket.socket:
    """A socket that listens on `host`:`port`, which `flag` chose. OSError says in a sentence why there can be none."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        hint = f"; choose another with {flag}, or {flag} 0 for a free one" if port else ""
        raise OSError(f"cannot listen on {host}:{port}: {error.strerror or error}{hint}") from error
    return listener


def url(host: str, port: int) -> str:
    """Where a browser of this machine finds what listens on `host`:`port`."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"
