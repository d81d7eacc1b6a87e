"""The client: worlds, refusals, connections."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.mockserver.client.recorder import recording
from tests.mockserver.conftest import Serve
from tests.support.servers import RunningMock
from tests.support.times import NOW
from tests.support.world import World

from postfuze_mock.client import Mock, MockError

ACCOUNT = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"


def test_methods_act_on_the_world_of_the_key(mock: Mock, world: World, other: World) -> None:
    id = mock.create_account(platform="x", username="made")["id"]

    assert world.get(id)["username"] == "made"
    assert other.get_response(id).status_code == 404


def test_world_is_demo_without_a_key(server: RunningMock, demo: World) -> None:
    assert Mock(server.url).get_state() == demo.state()


def test_world_returns_a_client_of_another_world(mock: Mock, other: World) -> None:
    mock.world(other.name).reset(world="empty")

    assert other.page()["data"] == []
    assert len(mock.get_state()["accounts"]) == 120


def test_block_resets_its_world_even_after_a_failure(server: RunningMock, world: World) -> None:
    before = world.state()
    with pytest.raises(MockError, match="platform"), Mock(server.url, world.key) as mock:
        mock.create_account(username=mock.create_account()["id"], platform="unknown")

    assert world.state() == before


def test_refusal_names_the_call_and_the_remedy(mock: Mock) -> None:
    with pytest.raises(MockError) as refused:
        mock.create_session("facebok", 2)

    assert refused.value.status == 400
    assert refused.value.code == "validation_failed"
    assert "did you mean facebook?" in refused.value.detail
    assert [issue["pointer"] for issue in refused.value.errors] == ["/network"]
    assert str(refused.value) == f"POST /_mock/sessions answered 400: {refused.value.detail}"


def test_refusal_of_an_unknown_account_says_so(mock: Mock) -> None:
    with pytest.raises(MockError, match=r"PATCH /_mock/accounts/.* answered 404") as refused:
        mock.patch_account(ACCOUNT, status="revoked")

    assert (refused.value.status, refused.value.code) == (404, "not_found")


def test_slash_in_an_id_is_escaped(mock: Mock) -> None:
    with pytest.raises(MockError) as refused:
        mock.patch_account("../clock", status="revoked")

    assert refused.value.status == 404


def test_clock_is_set_and_advanced(mock: Mock) -> None:
    assert mock.get_clock() == {"now": NOW, "frozen": True}
    assert mock.put_clock(now="2027-01-01T00:00:00Z")["now"] == "2027-01-01T00:00:00.000Z"
    assert mock.advance_clock(0.5)["now"] == "2027-01-01T00:00:00.500Z"


def test_state_is_restored(mock: Mock) -> None:
    state = mock.get_state()
    mock.reset(world="empty")
    mock.put_state(state)

    assert mock.get_state() == state


def test_error_without_a_server_says_how_to_start_a_mock() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(
        MockError, match=f"no mock listens at .*:{port}; start one with: postfuze-mock serve --port {port}$"
    ):
        Mock(f"http://127.0.0.1:{port}").get_clock()


def test_server_that_is_not_a_mock_is_reported() -> None:
    with recording() as recorder, pytest.raises(MockError, match=r"is this a postfuze-mock\?") as refused:
        Mock(f"{recorder.url}/elsewhere").reset()

    assert refused.value.status == 404


def test_silent_server_causes_a_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(MockError, match=r"did not answer within 0\.05 seconds"):
            Mock(url, timeout=0.05).get_clock()


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "localhost", "ftp://127.0.0.1", "http://"])
def test_invalid_url_is_refused_with_a_valid_example(url: str) -> None:
    with pytest.raises(ValueError, match=r"like http://127\.0\.0\.1:8080"):
        Mock(url)


def test_key_and_token_are_sent_but_not_shown() -> None:
    with recording() as recorder:
        mock = Mock(recorder.url, "sk_test_secret", control_token="hush")
        mock.world("other").get_clock()
        mock.get_clock()
        theirs, ours = recorder.received

    assert (ours.headers["Authorization"], ours.headers["X-Mock-Control-Token"]) == ("Bearer sk_test_secret", "hush")
    assert (theirs.headers["Authorization"], theirs.headers["X-Mock-Control-Token"]) == ("Bearer sk_test_other", "hush")
    assert "secret" not in repr(mock)
    assert "hush" not in repr(mock)


def test_connection_is_reused_and_replaced_after_a_hang_up() -> None:
    with recording() as recorder:
        mock = Mock(recorder.url)
        mock.get_clock()
        mock.get_clock()
        recorder.hang_up()
        mock.get_clock()
        first, second, third = [request.connection for request in recorder.received]

    assert first == second != third


def test_closed_client_can_call_and_close_again() -> None:
    with recording() as recorder:
        mock = Mock(recorder.url)
        for _ in range(2):
            mock.get_clock()
            mock.close()
        first, second = [request.connection for request in recorder.received]

    assert first != second


def test_threads_share_one_client(mock: Mock) -> None:
    with ThreadPoolExecutor(8) as threads:
        accounts = list(threads.map(lambda n: mock.create_account(username=f"user-{n}"), range(40)))

    assert sorted(account["username"] for account in accounts) == sorted(f"user-{n}" for n in range(40))
    assert len({account["id"] for account in accounts}) == 40


def test_client_sends_the_token_that_a_server_requires(serve: Serve, name: str) -> None:
    url = serve("--control-token", "hush").url

    assert Mock(url, f"sk_test_{name}", control_token="hush").world("another").get_clock()["frozen"] is True
    with pytest.raises(MockError, match="X-Mock-Control-Token"):
        Mock(url, f"sk_test_{name}").get_clock()
