"""Making a world's first data: what its file spells out, and what is generated around it."""

from __future__ import annotations

from collections.abc import Iterator

from postfuze_fixtures import generator
from postfuze_mock.records import Row, encode
from postfuze_mock.worlds.connect import sessions
from postfuze_mock.worlds.webhooks import webhooks
from postfuze_mock.worlds.world import World


def fill(world: World) -> None:
    """Give `world` the data of its origin, as of its start; whatever it had is gone."""
    world.empty()
    world.store.load(_rows(world))
    for session in world.origin.file.sessions:
        sessions.mint(world, session, world.start)
    webhooks.begin(world)


def _rows(world: World) -> Iterator[Row]:
    file, seed, name, start = world.origin.file, world.seed, world.name, world.start
    for fields in file.accounts:
        count = world.store.next("account")
        account = generator.explicit(fields, seed=seed, world=name, count=count, now=start, networks=world.networks)
        yield encode(account.public, account.hidden)
    for account in generator.accounts(seed, name, start, file.counts, world.networks):
        yield encode(account.public, account.hidden)
