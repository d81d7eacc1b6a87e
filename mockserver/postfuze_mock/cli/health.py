"""`postfuze-mock health`: asks a running mock whether it is ready. For the health checks of containers, and for scripts
that wait; so it imports nothing of the server."""

from __future__ import annotations

import argparse
import json
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from postfuze_mock.settings import CONTROL_PATH, Settings, SettingsError, read

_LIMIT = 64 * 1024  # bytes of an answer


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
    """The version of the mock at `url`. Raises OSError (one sentence) if none answers in `timeout` seconds."""
    connection = HTTPConnection(*_address(url), timeout=timeout)
    try:
        connection.request("GET", f"{CONTROL_PATH}/health")
        response = connection.getresponse()
        body = response.read(_LIMIT)
    except (OSError, HTTPException) as error:
        raise OSError(f"no mock answers at {url}: {getattr(error, 'strerror', None) or error}") from error
    finally:
        connection.close()
    if response.status != 200:
        raise OSError(
            f"what answers at {url} is not a mock that is ready: it says {response.status} to the health check"
        )
    return _version_of(body, url)


def _version_of(body: bytes, url: str) -> str:
    try:
        document = json.loads(body)
        if document["status"] == "ok":
            return str(document["version"])
    except (ValueError, TypeError, KeyError):
        pass
    raise OSError(f"what answers at {url} is not a mock that is ready: it says {body[:100]!r} to the health check")


def _address(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if host is None or parts.scheme != "http" or parts.path not in ("", "/"):
        raise SettingsError(f"URL must be http://HOST:PORT, without a path; it is {url!r}")
    return host, port or 80
