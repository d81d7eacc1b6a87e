"""`--control-port`: only the control API is at that port of 127.0.0.1."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from tests.mockserver.conftest import Start
from tests.support.calls import Caller, Response
from tests.support.servers import LocalMock

from postfuze_mock.client import Mock

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@dataclass(frozen=True)
class Pair:
    """A mock with two listeners; `control` is the port of its control API."""

    mock: LocalMock

    @property
    def control_url(self) -> str:
        return self.mock.control_url

    @property
    def api(self) -> Caller:
        return self.mock.caller("sk_test_acme")

    @property
    def control(self) -> Caller:
        return self.mock.caller("sk_test_acme", self.control_url)


@pytest.fixture(scope="module")
def both() -> Iterator[Pair]:
    mock = LocalMock("--control-port", "0")
    yield Pair(mock)
    mock.stop()


def elsewhere(response: Response) -> str:
    """The `detail` of a refusal at the wrong port."""
    assert (response.status, response.json["code"]) == (404, "served_elsewhere")
    detail: str = response.json["detail"]
    return detail


def test_control_api_works_at_its_own_port(both: Pair) -> None:
    id = both.api.get("/social-accounts").json["data"][0]["id"]

    Mock(both.control_url, "sk_test_acme").patch_account(id, username="changed")

    assert both.api.get(f"/social-accounts/{id}").json["username"] == "changed"


def test_api_port_refuses_control_calls_and_names_the_control_port(both: Pair) -> None:
    assert f"{both.control_url} " in elsewhere(both.api.call("POST", "/_mock/reset"))


def test_control_port_refuses_api_calls_and_names_the_api_port(both: Pair) -> None:
    for path in ("/api/v1/social-accounts", "/openapi.json", "/connect/x"):
        assert f"{both.mock.url} " in elsewhere(both.control.call("GET", path))


def test_health_of_the_mock_is_at_both_ports(both: Pair) -> None:
    assert [each.call("GET", "/_mock/health").status for each in (both.api, both.control)] == [200, 200]


@pytest.mark.parametrize("path", ["/docs/control", "/_mock/clock?a=b"])
def test_browser_is_redirected_to_the_control_port(both: Pair, path: str) -> None:
    response = both.api.call("GET", path, **BROWSER)

    assert (response.status, response.headers["location"]) == (307, f"{both.control_url}{path}")


def test_browser_is_redirected_to_the_api_port(both: Pair) -> None:
    response = both.control.call("GET", "/docs", **BROWSER)

    assert (response.status, response.headers["location"]) == (307, f"{both.mock.url}/docs")


def test_control_port_refuses_foreign_pages(both: Pair) -> None:
    responses = [
        both.control.call("POST", "/_mock/reset", Origin=both.mock.url),
        both.control.call("POST", "/_mock/reset", Host="evil.test"),
        both.control.call("GET", "/_mock/clock", Origin=both.control_url),
    ]

    assert [response.status for response in responses] == [403, 421, 200]


def test_control_port_is_reachable_only_from_this_machine(start: Start) -> None:
    exposed = Pair(start("--host", "0.0.0.0", "--control", "--control-port", "0"))

    assert exposed.control.call("POST", "/_mock/reset").status == 204
    assert exposed.api.call("POST", "/_mock/reset").status == 404
    assert "127.0.0.1" in exposed.control_url


def test_other_machines_are_not_told_the_control_port(start: Start) -> None:
    address = own_address()
    exposed = Pair(start("--host", "0.0.0.0", "--control-port", "0"))
    outside = exposed.mock.caller("sk_test_acme", f"http://{address}:{urlsplit(exposed.mock.url).port}")

    assert elsewhere(outside.call("POST", "/_mock/reset")) == "This port does not serve the control API."
    assert outside.call("GET", "/docs/control", **BROWSER).status == 404


def own_address() -> str:
    """A non-loopback address of this machine, found without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unsent:
        try:
            unsent.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no address but loopback")
        return str(unsent.getsockname()[0])


def test_control_port_requires_the_token(start: Start) -> None:
    guarded = Pair(start("--control-port", "0", env={"POSTFUZE_MOCK_CONTROL_TOKEN": "s3cret"}))

    assert guarded.control.call("POST", "/_mock/reset").status == 401
    assert guarded.control.call("POST", "/_mock/reset", **{"X-Mock-Control-Token": "s3cret"}).status == 204
    assert "s3cret" not in guarded.mock.log


def test_no_control_opens_no_second_port(start: Start) -> None:
    mock = start("--no-control", "--control-port", "0")

    assert mock.caller(None).call("GET", "/_mock/clock").status == 403
    assert mock.control_url == mock.url
