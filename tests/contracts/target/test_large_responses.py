"""The large responses that a check keeps are bounded together."""

from __future__ import annotations

import pytest
from tests.contracts.cli.targets import stub
from tests.support.times import seconds

from postfuze_contracts.model.exchange import Request
from postfuze_contracts.model.options import Options
from postfuze_contracts.target.client import Client, Unreachable
from postfuze_contracts.target.large_responses import MAX_SIZE

READ = Request("getSocialAccount", "GET", "/social-accounts/1")
WRITE = Request("deleteSocialAccount", "DELETE", "/social-accounts/1")
BODY = b" " * (MAX_SIZE // 5)


def test_response_is_not_read_while_earlier_ones_fill_the_memory() -> None:
    with stub(body=BODY) as target:
        client = Client(Options(target.url, timeout=seconds(20.0)))
        responses = [client.send(READ, None) for _ in range(5)]
        with pytest.raises(Unreachable, match="/social-accounts/1, because earlier responses take too much memory"):
            client.send(READ, None)
        assert client.send(WRITE, None).status == 200  # what a write did has to be known

        responses.clear()
        assert client.send(READ, None).response.body == BODY
        client.close()
