"""Builds and resets worlds. The first data of a world come from its file and from the generator."""

from __future__ import annotations

from collections.abc import Iterator, Set

from postfuze_fixtures import generator
from postfuze_mock.domain.clock import Clock
from postfuze_mock.records import Account, Row, encode
from postfuze_mock.worlds.connect import sessions
from postfuze_mock.worlds.webhooks import webhooks
from postfuze_mock.worlds.world import Origin, World


def build(world: World, origin: Origin, clock: Clock) -> None:
    """Build `world` as `origin` describes it; a reset restores this."""
    world.origin = origin
    world.clear(origin, clock)
    _fill(world)


def reset(world: World) -> None:
    """Reset `world` to its origin: first data, first clock, no counted calls, faults or recorded requests."""
    world.clock.restore()
    world.clear(world.origin, world.clock)
    _fill(world)


def _fill(world: World) -> None:
    world.store.load(_rows(world))
    for session in world.origin.file.sessions:
        sessions.mint(world, session, world.start)
    webhooks.reset(world)


def _rows(world: World) -> Iterator[Row]:
    file, seed, name, start = world.origin.file, world.seed, world.name, world.start
    ids = {fields["id"] for fields in file.accounts if "id" in fields}
    for fields in file.accounts:
        count = world.store.next("account")
        account = generator.explicit(fields, seed=seed, world=name, count=count, now=start, networks=world.networks)
        yield encode(account.public if "id" in fields else _distinct(account.public, ids, world), account.hidden)
    for account in generator.accounts(seed, name, start, file.counts, world.networks):
        yield encode(_distinct(account.public, ids, world), account.hidden)


def _distinct(account: Account, ids: Set[str], world: World) -> Account:
    """A generated account, with another id if the file lists an account with its id."""
    while account["id"] in ids:
        account = {**account, "id": generator.uuid(world.seed, world.name, f"instead of {account['id']}", 0)}
    return account
