"""Where the mock may send requests: loopback and listed hosts."""

import pytest

from postfuze_mock.domain.destinations import Allowed, Destination


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.8.9.10", "::1", "[::1]", "::ffff:127.0.0.1"]
)
def test_loopback_is_always_allowed(host: str) -> None:
    assert Allowed([]).permits(host, 1)


@pytest.mark.parametrize(
    "host",
    [
        "example.com", "localhost.example.com", "notlocalhost", "app.localhost", "127.0.0.1.nip.io", "127.1",
        "2130706433", "0x7f.0.0.1", "0.0.0.0", "::", "10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "", "*",
    ],
)  # fmt: skip
def test_other_hosts_are_refused_unless_listed(host: str) -> None:
    assert not Allowed([]).permits(host, 80)


@pytest.mark.parametrize(
    ("pattern", "host", "port"),
    [
        ("receiver", "receiver", 9000),
        ("Hooks.Example.COM", "hooks.example.com.", 443),
        ("hooks.example.com:8443", "hooks.example.com", 8443),
        ("*.example.com", "hooks.example.com", 443),
        ("*.example.com", "a.b.example.com", 443),
        ("*.example.com:81", "hooks.example.com", 81),
        ("10.0.0.1", "10.0.0.1", 80),
        ("fd00::1", "fd00:0::1", 80),
        ("[fd00::1]:80", "[fd00::1]", 80),
        (" receiver ", "receiver", 80),
    ],
)
def test_listed_host_is_allowed(pattern: str, host: str, port: int) -> None:
    assert Allowed([pattern]).permits(host, port)


@pytest.mark.parametrize(
    ("pattern", "host", "port"),
    [
        ("hooks.example.com:8443", "hooks.example.com", 443),
        ("*.example.com", "example.com", 443),
        ("*.example.com", "badexample.com", 443),
        ("*.example.com", "example.com.evil.test", 443),
        ("example.com", "hooks.example.com", 443),
        ("*.1", "10.0.0.1", 80),
    ],
)
def test_neighbours_of_a_listed_host_are_not_allowed(pattern: str, host: str, port: int) -> None:
    try:
        allowed = Allowed([pattern])
    except ValueError:
        return
    assert not allowed.permits(host, port)


@pytest.mark.parametrize(
    "pattern",
    ["", "*", "*.", "http://a", "a/b", "a:0", "a:65536", "a:b", "a b", "a.*", "*a.b", "[::1", "a@b", "ä.de", "127.1"],
)  # fmt: skip
def test_invalid_host_pattern_is_refused_in_one_sentence(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"^must be HOST, HOST:PORT or \*\.DOMAIN"):
        Allowed([pattern])


def test_host_name_is_checked_by_its_addresses() -> None:
    allowed = Allowed(["receiver", "169.254.1.1"])

    assert allowed.permits_address("localhost", "::1")
    assert not allowed.permits_address("localhost", "10.0.0.1")
    assert allowed.permits_address("receiver", "10.0.0.1")
    assert not allowed.permits_address("receiver", "169.254.169.254")
    assert not allowed.permits_address("receiver", "::ffff:169.254.169.254")
    assert allowed.permits_address("169.254.1.1", "169.254.1.1")


@pytest.mark.parametrize(
    ("url", "parts", "authority"),
    [
        ("http://localhost:9000/hook?a=b", ("http", "localhost", 9000, "/hook?a=b"), "localhost:9000"),
        ("https://Hooks.Example.com", ("https", "hooks.example.com", 443, "/"), "hooks.example.com"),
        ("http://[::1]:81", ("http", "::1", 81, "/"), "[::1]:81"),
        ("HTTP://127.0.0.1:80?x", ("http", "127.0.0.1", 80, "/?x"), "127.0.0.1"),
    ],
)
def test_url_is_split_into_its_parts(url: str, parts: tuple[object, ...], authority: str) -> None:
    destination = Destination.parse(url)

    assert destination == parts
    assert destination.authority == authority


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://localhost/", "http:// or https://"),
        ("file:///etc/passwd", "http:// or https://"),
        ("localhost:9000", "http:// or https://"),
        ("//localhost/", "http:// or https://"),
        ("http:localhost", "http:// or https://"),
        ("", "in ASCII"),
        ("http://localhost/ä", "in ASCII"),
        ("http://local host/", "in ASCII"),
        ("http://localhost\\@evil.test/", "in ASCII"),
        ("http://localhost/\r\nX: y", "in ASCII"),
        ("http://user:pass@localhost/", "no user or password"),
        ("http://@localhost/", "no user or password"),
        ("http://localhost/#a", "no fragment"),
        ("http://localhost/#", "no fragment"),
        ("http://:80/", "name a host"),
        ("http://localhost:0/", "name a host"),
        ("http://*.example.com/", "name a host"),
        ("http://127.1/", "name a host"),
        ("http://localhost:99999/", "must be a URL"),
        ("http://localhost:x/", "must be a URL"),
        ("http://[::1/", "must be a URL"),
        ("http://[::1%25lo]/", "name a host"),
        ("http://local%68ost/", "name a host"),
    ],
)
def test_invalid_destination_is_refused_with_the_remedy(url: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Destination.parse(url)
