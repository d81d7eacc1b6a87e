"""The number of open connections is bounded, and a flood of idle ones locks nobody out."""

from __future__ import annotations

from tests.mockserver.conftest import Start
from tests.mockserver.control.test_faults_waiting import LATE, ask, hits
from tests.mockserver.http.test_timeouts import HEALTH, connect
from tests.support import wire
from tests.support.times import until


def test_oldest_idle_connection_makes_room_for_a_new_one(start: Start) -> None:
    mock = start("--max-connections", "3", "--idle-timeout", "0", "--request-timeout", "0")
    first, second, third = connect(mock), connect(mock, HEALTH[:-2]), connect(mock)
    with first, second, third, connect(mock, HEALTH) as fourth, connect(mock, HEALTH) as fifth:
        assert fourth.recv(65536).startswith(b"HTTP/1.1 200")
        assert fifth.recv(65536).startswith(b"HTTP/1.1 200")
        assert (first.recv(1), second.recv(1)) == (b"", b"")
        third.sendall(HEALTH)
        assert third.recv(65536).startswith(b"HTTP/1.1 200")

    assert mock.log.count("--max-connections") == 1


def test_new_connection_is_refused_while_all_are_busy(start: Start) -> None:
    mock = start("--max-connections", "3")
    control = mock.client("acme")
    control.create_fault(operation="*", effect=LATE)
    busy = [ask(mock), ask(mock)]
    until(lambda: hits(mock) == 2, "the calls")
    control.list_faults()
    busy.append(ask(mock))  # the client's own connection is idle
    with connect(mock) as connection:
        (response,) = wire.responses(b"".join(iter(lambda: connection.recv(65536), b"")))

    assert (response.status, response.json["code"]) == (503, "too_many_connections")
    assert "--max-connections" in response.json["detail"]
    for each in busy:
        each.close()
