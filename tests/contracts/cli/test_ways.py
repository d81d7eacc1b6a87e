"""The way to the target: through a proxy, and with certificates of a private authority."""

from __future__ import annotations

import base64
import http.client
import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.contracts.cli.commands import contracts
from tests.contracts.cli.targets import PATIENCE, Request, Response, Stub, served

PROXY = "POSTFUZE_CONTRACTS_PROXY"
BUNDLE = "POSTFUZE_CONTRACTS_CA_BUNDLE"
ONE = ("--only", "health.unknown")
PASSWORD = "p%40ss-to-hide"
BASIC = base64.b64encode(b"me:p@ss-to-hide").decode()
AFAR = "http://target.invalid/api/v1"  # only the proxy can resolve it
FORWARDED = ("Content-Type", "Www-Authenticate", "Cache-Control", "Allow")
USAGE = "keyUsage=critical,digitalSignature,keyCertSign"  # Python 3.13 wants it said
NEW = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-addext", USAGE)
REPORTS = [f"--report={name}={name}.out" for name in ("json", "junit", "markdown", "html", "sarif")]


def forwarding(url: str, *, breaks: bool = False) -> Stub:
    """A proxy that requires a password and forwards everything to `url`; `breaks` repeats the password in responses."""

    def respond(request: Request) -> Response:
        if request.headers.get("Proxy-Authorization") != f"Basic {BASIC}":
            return Response(407, {}, b"")
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        headers = {name: value for name, value in request.headers.items() if name in ("Authorization", "Content-Type")}
        connection.request(request.method, request.path.removeprefix("http://target.invalid"), request.body, headers)
        upstream = connection.getresponse()
        body = upstream.read()
        connection.close()
        headers = {name: value for name, value in upstream.getheaders() if name.title() in FORWARDED}
        if breaks and upstream.status == 404:
            return Response(500, headers, b'{"detail": "%s of me:p@ss-to-hide"}' % BASIC.encode())
        return Response(upstream.status, headers, body)

    return Stub(respond)


def test_target_is_reached_through_its_proxy(url: str, tmp_path: Path) -> None:
    with served(forwarding(url)) as proxy:
        (tmp_path / "contracts.toml").write_text(f'[target]\nurl = "{AFAR}"\nproxy = "env:THROUGH"\n')
        env = {"POSTFUZE_KEY": "sk_test_proxied", "THROUGH": proxy.url.replace("//", f"//me:{PASSWORD}@")}
        assert contracts("run", *ONE, cwd=tmp_path, env=env).returncode == 0
        by_flag = contracts("run", *ONE, "--url", AFAR, "--proxy", "env:THROUGH", cwd=tmp_path, env=env)
        assert by_flag.returncode == 0, by_flag.stderr
    assert all(request.partition(" ")[2].startswith(AFAR) for request in proxy.requests)


@pytest.mark.slow
def test_one_side_of_a_diff_is_reached_through_a_proxy(url: str, tmp_path: Path) -> None:
    with served(forwarding(url)) as proxy:
        env = {"POSTFUZE_KEY": "sk_test_proxied", "THROUGH": proxy.url.replace("//", f"//me:{PASSWORD}@")}
        result = contracts("diff", AFAR, url, "--proxy", "env:THROUGH", "--json", cwd=tmp_path, env=env)
    assert result.returncode == 0, result.stderr
    assert proxy.requests


def test_proxy_password_is_not_shown(url: str, tmp_path: Path) -> None:
    with served(forwarding(url, breaks=True)) as proxy:
        env = {"POSTFUZE_KEY": "sk_test_hidden", PROXY: proxy.url.replace("//", f"//me:{PASSWORD}@")}
        arguments = ("run", "--url", AFAR, *ONE, *REPORTS, "--show-bodies")
        result = contracts(*arguments, cwd=tmp_path, env=env)
        assert result.returncode == 1, result.stderr
        planned = contracts("run", "--url", AFAR, "--dry-run", cwd=tmp_path, env=env)
        wrong = contracts("run", "--url", AFAR, *ONE, cwd=tmp_path, env={**env, PROXY: f"{proxy.url}"})
    assert wrong.returncode == 3
    assert f"{AFAR} cannot be reached through the proxy: it responds with 407" in wrong.stderr
    assert "Proxy    <target.proxy>" in planned.stdout
    texts = [each for one in (result, planned, wrong) for each in (one.stdout, one.stderr)]
    texts += [path.read_text() for path in tmp_path.glob("*.out")]
    assert len(texts) == 11
    for secret in (PASSWORD, "p@ss-to-hide", BASIC):
        assert not any(secret in text for text in texts)


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a private authority and a certificate that it issued for this machine."""
    if shutil.which("openssl") is None:
        pytest.fail("openssl is missing") if os.environ.get("CI") == "true" else pytest.skip("openssl is missing")
    folder = tmp_path_factory.mktemp("authority")
    openssl(folder, *NEW, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Private authority")
    signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "subjectAltName=IP:127.0.0.1")
    openssl(folder, *NEW, *signed, "-keyout", "site.key", "-out", "site.pem", "-subj", "/CN=127.0.0.1")
    return folder


@pytest.fixture
def secured(authority: Path) -> Iterator[str]:
    """The URL of an empty target with that certificate."""
    response = Response(200, {"Content-Type": "application/json"}, b'{"data": [], "next_cursor": null}')
    target = Stub(lambda _: response)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "site.pem", authority / "site.key")
    target.server.socket = context.wrap_socket(target.server.socket, server_side=True)
    with served(target):
        yield target.url.replace("http:", "https:")


def test_certificate_of_an_unknown_authority_ends_the_run_with_a_hint(secured: str, tmp_path: Path) -> None:
    result = contracts(
        "run", "--url", secured, "--only", "list.empty", cwd=tmp_path, env={"POSTFUZE_KEY": "sk_test_secured"}
    )
    assert result.returncode == 3
    assert "certificate verify failed" in result.stderr
    assert "certificates with --ca-bundle" in result.stderr


def test_target_is_judged_if_its_authority_is_configured(secured: str, authority: Path, tmp_path: Path) -> None:
    arguments = ("run", "--url", secured, "--only", "list.empty")
    shutil.copy(authority / "ca.pem", tmp_path / "ca.pem")
    for env in ({BUNDLE: "ca.pem"}, {BUNDLE: (authority / "ca.pem").read_text()}):
        result = contracts(*arguments, cwd=tmp_path, env={"POSTFUZE_KEY": "sk_test_secured", **env})
        assert result.returncode == 0, result.stderr
    (authority / "contracts.toml").write_text('[target]\nca_bundle = "ca.pem"\n')
    there = ("--config", authority / "contracts.toml")
    assert contracts(*arguments, *there, cwd=tmp_path, env={"POSTFUZE_KEY": "sk_test_secured"}).returncode == 0
    by_flag = contracts(
        *arguments, "--ca-bundle", authority / "ca.pem", cwd=tmp_path, env={"POSTFUZE_KEY": "sk_test_secured"}
    )
    assert by_flag.returncode == 0


def test_certificate_of_another_authority_is_refused(secured: str, tmp_path: Path) -> None:
    openssl(tmp_path, *NEW, "-keyout", "other.key", "-out", "other.pem", "-subj", "/CN=Another authority")
    arguments = ("run", "--url", secured, "--ca-bundle", "other.pem")
    assert contracts(*arguments, cwd=tmp_path, env={"POSTFUZE_KEY": "sk_test_secured"}).returncode == 3
