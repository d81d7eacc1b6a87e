"""`postfuze-mock health`, as a container's health check calls it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
from tests.e2e.conftest import Serve
from tests.support import children
from tests.support.processes import command, environment, program, program_environment
from tests.support.times import seconds

pytestmark = pytest.mark.process(quick=True)

SERVER = ("connexion", "starlette", "uvicorn", "faker", "yaml", "jsonschema_rs")


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of something that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def other_server(status: int, body: bytes) -> Iterator[str]:
    """The URL of a server that answers every GET with `status` and `body`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def endless() -> Iterator[str]:
    """The URL of a server whose answer never ends, although each part of it comes soon."""
    done = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(OSError):  # the health check has left
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                while not done.wait(0.05):
                    self.wfile.write(b"X-More: 1\r\n")

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        done.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def free_port() -> int:
    """A port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def test_mock_that_is_ready_is_healthy(serve: Serve, tmp_path: Path) -> None:
    mock = serve()
    result = command("health", mock.url, cwd=tmp_path)

    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout.decode().endswith(f" is ready at {mock.url}\n")


def test_environment_says_where_the_mock_is(serve: Serve, tmp_path: Path) -> None:
    port = serve().url.rpartition(":")[2]
    for host in ("0.0.0.0", "127.0.0.1"):
        result = command("health", cwd=tmp_path, env={"POSTFUZE_MOCK_PORT": port, "POSTFUZE_MOCK_HOST": host})

        assert (result.returncode, result.stderr) == (0, b"")


def test_token_and_separate_port_of_the_control_api_do_not_matter(serve: Serve, tmp_path: Path) -> None:
    mocks = (serve("--control-token", "s3cret"), serve("--no-control"), serve("--control-port", "0"))

    assert [command("health", mock.url, cwd=tmp_path).returncode for mock in mocks] == [0, 0, 0]


def test_mock_that_is_not_there_is_unhealthy(free_port: int, tmp_path: Path) -> None:
    result = command("health", f"http://127.0.0.1:{free_port}", cwd=tmp_path)

    assert (result.returncode, result.stdout) == (1, b"")
    assert result.stderr.decode().startswith(f"postfuze-mock: no mock answers at http://127.0.0.1:{free_port}: ")


def test_mock_that_hangs_is_unhealthy(silent: str, tmp_path: Path) -> None:
    result = command("health", silent, "--timeout", "0.2", cwd=tmp_path)

    assert (result.returncode, result.stdout) == (1, b"")
    assert silent in result.stderr.decode()


def test_server_that_answers_without_end_is_unhealthy(tmp_path: Path) -> None:
    with endless() as url:
        result = command("health", url, "--timeout", "0.5", cwd=tmp_path)

    assert (result.returncode, result.stdout) == (1, b"")
    assert result.stderr.decode() == f"postfuze-mock: no mock answers at {url}: timed out\n"


def test_timeout_of_zero_is_no_limit(serve: Serve, tmp_path: Path) -> None:
    assert command("health", serve().url, "--timeout", "0", cwd=tmp_path).returncode == 0


def test_interrupted_check_has_found_nothing_healthy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        check = children.start(
            [*program(), "health", url, "--timeout", "0"],
            cwd=tmp_path,
            env=program_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with server.accept()[0]:
                check.send_signal(signal.SIGINT)

                assert check.wait(seconds(20.0)) == 130
        finally:
            children.end(check)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"[" * 60_000),
        (200, b'{"status": "ok"}'),
        (200, b'{"status": "bad", "version": "1"}'),
        (503, b'{"status": "ok", "version": "1"}'),
    ],
)
def test_other_server_is_unhealthy(status: int, body: bytes, tmp_path: Path) -> None:
    with other_server(status, body) as url:
        result = command("health", url, cwd=tmp_path)

    assert (result.returncode, result.stdout) == (1, b"")
    assert result.stderr.decode().startswith(f"postfuze-mock: what answers at {url} is not a mock that is ready: ")


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8080",
        "https://127.0.0.1",
        "http://[",
        "http://127.0.0.1:port",
        "http://a b",
        f"http://{'a' * 64}",
    ],
)
def test_invalid_url_is_refused(url: str, tmp_path: Path) -> None:
    result = command("health", url, cwd=tmp_path)

    assert result.returncode == 2
    assert b"http://HOST:PORT" in result.stderr
    assert b"Traceback" not in result.stderr


def test_port_that_only_the_mock_knows_is_asked_for(tmp_path: Path) -> None:
    result = command("health", cwd=tmp_path, env={"POSTFUZE_MOCK_PORT": "0"})

    assert result.returncode == 2
    assert b"postfuze-mock health URL" in result.stderr


def test_health_check_imports_nothing_of_the_server(serve: Serve, tmp_path: Path) -> None:
    """It runs every two seconds."""
    program = (
        "import sys; from postfuze_mock.cli import main; code = main(['health', sys.argv[1]]);"
        f"print(code, [name for name in {SERVER} if name in sys.modules])"
    )
    arguments = [sys.executable, "-c", program, serve().url]
    result = children.run(arguments, cwd=tmp_path, env=environment())

    assert result.stdout.decode().splitlines()[-1] == "0 []"
