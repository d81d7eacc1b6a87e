"""Serves one of them on a free port of loopback: `python -m benchmarks.bare hello | starlette [DATA]`."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn


def main(name: str, data: str | None = None) -> None:
    """Print the ready line in the mock's format, then serve until terminated."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    config = uvicorn.Config(_application(name, data), log_level="warning", access_log=False, lifespan="off")
    print(f"{name} ready at http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run(sockets=[listener])


def _application(name: str, data: str | None) -> Callable[..., Any]:
    # A late import, so that each one's start-up loads only itself.
    if name == "hello":
        from benchmarks.bare import hello

        return hello.application
    from benchmarks.bare import starlette_app

    return starlette_app.application(Path(data) if data else None)


main(*sys.argv[1:])
