"""Which redirect URIs are allowed, and how the outcome is appended to them."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.mockserver.conftest import Serve
from tests.mockserver.consent.flow import start
from tests.support.world import World

HOST = "must name this machine (localhost, 127.0.0.1, [::1]) or a host that was registered"

GOOD = (
    "http://localhost",
    "http://localhost/",
    "http://LOCALHOST:3000/cb",
    "http://localhost.:3000/cb",
    "http://127.0.0.1:1/cb",
    "http://127.9.9.9/cb",
    "http://[::1]:3000/cb",
    "http://[0:0:0:0:0:0:0:1]/cb",
    "https://localhost:8443/a/b?c=d&e=%20f;g",
    "http://localhost/cb?",
    "http://localhost/" + "a" * (2_000 - len("http://localhost/")),
)

NASTY = (
    # Not a web address.
    "javascript:alert(1)",
    "javascript://localhost/%0aalert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,hi",
    "file:///etc/passwd",
    "ftp://localhost/",
    "ws://localhost/",
    "myapp://callback",
    "vbscript:x",
    # Not an absolute URL.
    "",
    "/callback",
    "//evil.example/",
    "///evil.example/",
    "http:evil.example",
    "http:/evil.example",
    "http:///evil.example",
    "http://",
    "http://?x",
    "https:localhost",
    "localhost:3000/cb",
    # Browsers parse these differently.
    "http:\\\\evil.example",
    "http://localhost\\@evil.example/",
    "http://evil.example\\.localhost/",
    "http://localhost\\.evil.example/",
    "\\\\evil.example",
    " http://localhost/",
    "http://localhost/ ",
    "http://local host/",
    "http://localhost\t/",
    "\thttp://localhost/",
    "http://localhost/\r\nSet-Cookie: a=b",
    "http://localhost/\nX",
    "http://localhost/\x00",
    "http://localhost/%0d%0a\r",
    "http://local\u200bhost/",
    "http://ⓛocalhost/",
    "http://localhost/ü",
    "http://evil。example/",
    "http://127。0。0。1/",
    "http://１２７.0.0.1/",
    "http://localhost%00.evil.example/",
    "http://127.0.0.1%2f@evil.example/",
    "http://127.0.0.1%2eevil.example/",
    "http://%6c%6f%63%61%6c%68%6f%73%74/",
    # Credentials and fragments.
    "http://user@localhost/",
    "http://user:password@localhost/",
    "http://localhost@evil.example/",
    "http://localhost:3000@evil.example/",
    "http://@localhost/",
    "http://localhost/#",
    "http://localhost/#fragment",
    "http://localhost#@evil.example/",
    # Other hosts.
    "https://app.example.com/connected",
    "http://localhost.evil.example/",
    "http://evil-localhost/",
    "http://localhosts/",
    "http://127.0.0.1.evil.example/",
    "http://127.0.0.1.nip.io/",
    "http://evil.example/?http://localhost/",
    "http://evil.example:80/localhost",
    "http://128.0.0.1/",
    "http://0.0.0.0/",
    "http://10.0.0.1/",
    "http://169.254.169.254/latest/meta-data",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://[::]/",
    "http://[::2]/",
    "http://[fe80::1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::1/",
    "http://::1/",
    "http://[::1].evil.example/",
    "http://[localhost]/",
    "http://.localhost/",
    "http://localhost../",
    # Ports.
    "http://localhost:0/",
    "http://localhost:65536/",
    "http://localhost:99999/",
    "http://localhost:-1/",
    "http://localhost:port/",
    "http://localhost:80:80/",
    "http://localhost:3000evil.example/",
    "http://localhost:+80/",
    "http://localhost:８０/",
    # Length.
    "http://localhost/" + "a" * (2_001 - len("http://localhost/")),
    "http://localhost/" + "a" * 100_000,
)


def name(uri: str) -> str:
    return f"{len(uri)} {uri[:60]!a}"


@pytest.mark.statement("auth-url.url")
@pytest.mark.assumption("auth-url.redirect-uri", "registered-hosts")
@pytest.mark.parametrize("uri", GOOD, ids=name)
def test_redirect_to_this_machine_is_always_allowed(world: World, uri: str) -> None:
    location = start(world, redirect_uri=uri).decide("deny").headers["location"]

    assert location.startswith(uri)
    assert parse_qsl(urlsplit(location).query)[-2:] == [("status", "error"), ("error", "access_denied")]


@pytest.mark.assumption("auth-url.redirect-uri", "registered-hosts")
@pytest.mark.parametrize("uri", NASTY, ids=name)
def test_redirect_elsewhere_is_refused_with_a_reason(world: World, uri: str) -> None:
    before = world.state()
    response = world.auth_url_response(json={"redirect_uri": uri})

    assert response.status_code == 400
    detail = "; ".join(f"body/redirect_uri {error['message']}" for error in response.json()["errors"])
    assert response.json()["detail"] == f"{detail}."
    assert all(error["pointer"] == "/redirect_uri" for error in response.json()["errors"])
    assert detail.startswith("body/redirect_uri must ")
    assert world.state() == before


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("https://app.example.com/connected", f"{HOST}; start the mock with --redirect-allow app.example.com to"),
        ("http://me:secret@localhost/", "must have no user or password in it"),
        ("http://localhost/#here", "must have no fragment (#…)"),
        ("http://localhost/" + "a" * 2_000, "must be no longer than 2000 characters"),
        ("http://localhost:0/", "must name a host, and a port from 1 to 65535 if any"),
        ("javascript:alert(1)", "must be a URL that starts with http:// or https://"),
    ],
)
def test_refusal_names_the_remedy(world: World, uri: str, message: str) -> None:
    (error,) = world.auth_url_response(json={"redirect_uri": uri}).json()["errors"]

    assert error["message"].startswith(message)
    assert "secret" not in str(error)


REGISTERED = ("--redirect-allow", "app.example.com", "--redirect-allow", "*.apps.test", "--redirect-allow", "web:3000")


@pytest.mark.parametrize(
    "uri", ["https://app.example.com/cb", "https://a.b.apps.test:99/", "http://web:3000/cb?x", "http://localhost/"]
)
def test_redirect_to_a_registered_host_is_allowed(serve: Serve, name: str, uri: str) -> None:
    location = start(serve(*REGISTERED).world(name), redirect_uri=uri).decide("deny").headers["location"]

    assert location.startswith(uri)


@pytest.mark.parametrize(
    "uri", ["https://example.com/", "https://apps.test/", "http://web/", "http://web.evil.test:3000/"]
)
def test_redirect_to_an_unregistered_host_is_refused(serve: Serve, name: str, uri: str) -> None:
    assert serve(*REGISTERED).world(name).auth_url_response(json={"redirect_uri": uri}).status_code == 400


@pytest.mark.parametrize(
    ("uri", "location"),
    [
        ("http://localhost", "http://localhost?status=error&error=access_denied"),
        ("http://localhost/cb", "http://localhost/cb?status=error&error=access_denied"),
        ("http://localhost/cb?", "http://localhost/cb?status=error&error=access_denied"),
        ("http://localhost/cb?a=b", "http://localhost/cb?a=b&status=error&error=access_denied"),
        ("http://localhost/cb?a=b&", "http://localhost/cb?a=b&status=error&error=access_denied"),
        ("http://localhost/cb?a=%2F;b=c%20d+e", "http://localhost/cb?a=%2F;b=c%20d+e&status=error&error=access_denied"),
        ("http://localhost/cb?to=http://x/?y", "http://localhost/cb?to=http://x/?y&status=error&error=access_denied"),
        ("http://LocalHost:80/A/../b", "http://LocalHost:80/A/../b?status=error&error=access_denied"),
    ],
)
def test_outcome_is_appended_to_the_query_and_nothing_else_is_changed(world: World, uri: str, location: str) -> None:
    assert start(world, redirect_uri=uri).decide("deny").headers["location"] == location
