"""Random calls get the same answers in memory and from several processes on a shared engine.

They are those of the soak: its model learns from the answers in memory, and says which calls make sense next. Webhooks
are left out, because when a delivery comes is not given by the calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import accumulate
from random import Random

import pytest
from tests.engines.conftest import Share, Start
from tests.engines.play import MASKS, SHARED_OUT, Exchange, check_same
from tests.soak.model_world import START, Call, ModelWorld
from tests.soak.requests import MIX, control
from tests.soak.soak import KINDS
from tests.soak.world_calls import put_webhooks
from tests.support.keep_alive import Answer, Connection

assert KINDS  # which register in MIX


def random_calls(world: ModelWorld) -> Iterator[Call]:
    """Calls without end, each of which follows from the model as it then is."""
    mix = {maker: weight for maker, weight in MIX.items() if maker is not put_webhooks}
    makers, weights = list(mix), list(accumulate(mix.values()))
    while True:
        (maker,) = world.random.choices(makers, cum_weights=weights)
        call = maker(world)
        if call is not None and call.ends != "before":  # what is cut off may take place or not
            call.ends = ""
            yield call


def exchange(call: Call | str, request: bytes, answer: Answer) -> Exchange:
    lines = answer.head.decode("latin-1").split("\r\n")[1:]
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    return Exchange(str(call), request.split(b" ", 2)[1].decode(), answer.status, headers, answer.body)


@pytest.mark.parametrize(
    ("seed", "count"), [(1, 900), *(pytest.param(n, 10_000, marks=pytest.mark.slow) for n in (2, 3))]
)
def test_random_calls_get_the_same_answers(share: Share, start: Start, seed: int, count: int) -> None:
    flags = ("--clock", f"{START},frozen")
    urls = (start(*flags).url, share(2, *flags).url)
    worlds = [ModelWorld(f"random-{number}", Random(f"{seed} {number}"), "") for number in range(3)]
    with ExitStack() as stack:
        memory, shared = (stack.enter_context(closing(Connection(url))) for url in urls)

        def same(call: Call | str, request: bytes) -> Answer:
            answer = memory.call(request)
            given = exchange(call, request, answer), exchange(call, request, shared.call(request))
            check_same([given[0]], [given[1]], (*MASKS, *SHARED_OUT))
            return answer

        for world in worlds:
            world.learn(same("the state at first", control(world, "GET", "/state")).json)
        calls = [random_calls(world) for world in worlds]
        for number in range(count):
            call = next(calls[number % len(worlds)])
            worlds[number % len(worlds)].settle(call, same(call, call.request))
        for world in worlds:
            same("the state at last", control(world, "GET", "/state"))
