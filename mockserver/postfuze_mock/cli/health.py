"""`postfuze-mock health`: asks a running mock whether it is ready. For the health checks of containers, and for scripts
that wait; so it imports nothing of the server."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from http.client import HTTPConnection, HTTPException
from threading import Thread
from typing import Final, TypeVar
from urllib.parse import urlsplit

from postfuze_mock.settings import CONTROL_PATH, Settings, SettingsError, read

_LIMIT: Final = 64 * 1024  # bytes of an answer
_HOST: Final = re.compile(r"[^\s\x00-\x1f\x7f]+")
_Result = TypeVar("_Result")


def run(arguments: argparse.Namespace) -> int:
    """Return 0 if the mock is ready. Raises OSError (one sentence) if it is not, SettingsError for an invalid URL."""
    url = own_url(read({})) if arguments.url is None else arguments.url
    version = _version(url, arguments.timeout)
    print(f"postfuze-mock {version} is ready at {url}")
    return 0


def own_url(settings: Settings) -> str:
    """The URL at which a mock with `settings` is reached from its own machine. Raises SettingsError for a port that is
    known to that mock alone."""
    if settings.port == 0:
        raise SettingsError("the settings let the mock pick its port: name the URL, as in postfuze-mock health URL")
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _version(url: str, timeout: float) -> str:
    """The version of the mock at `url`. Raises OSError (one sentence) if none answers in `timeout` seconds, or ever if
    that is 0."""
    host, port = _address(url)
    try:
        status, body = _within(timeout or None, partial(_answer, host, port))
    except TimeoutError as error:
        raise OSError(f"no mock answers at {url}: timed out") from error
    except (OSError, HTTPException) as error:
        raise OSError(f"no mock answers at {url}: {getattr(error, 'strerror', None) or error}") from error
    if status != 200:
        reason = f"it says {status} to the health check{_detail(body)}"
        raise OSError(f"what answers at {url} is not a mock that is ready: {reason}")
    return _version_of(body, url)


def _answer(host: str, port: int) -> tuple[int, bytes]:
    """The status and the body of the answer to the health check."""
    with closing(HTTPConnection(host, port)) as connection:
        connection.request("GET", f"{CONTROL_PATH}/health")
        response = connection.getresponse()
        return response.status, response.read(_LIMIT)


def _within(seconds: float | None, call: Callable[[], _Result]) -> _Result:
    """What `call` returns or raises; TimeoutError after `seconds`. A socket's own timeout begins anew with each byte,
    and the look-up of a name has none."""
    outcome: Future[_Result] = Future()

    def run() -> None:
        try:
            outcome.set_result(call())
        except (OSError, HTTPException, ValueError) as error:
            outcome.set_exception(error)

    Thread(target=run, daemon=True).start()
    return outcome.result(seconds)


def _version_of(body: bytes, url: str) -> str:
    try:
        document = json.loads(body)
        if document["status"] == "ok":
            return str(document["version"])
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    raise OSError(f"what answers at {url} is not a mock that is ready: it says {body[:100]!r} to the health check")


def _detail(body: bytes) -> str:
    """What the problem document `body` says, as the end of a sentence; empty for anything else."""
    try:
        return f": {json.loads(body)['detail']}"
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _address(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")
    except ValueError:  # also of a host that no name can be
        host, port = None, None
    if host is None or not _HOST.fullmatch(host) or parts.scheme != "http" or parts.path not in ("", "/"):
        raise SettingsError(f"URL must be http://HOST:PORT, without a path; it is {url!r}")
    return host, port or 80
