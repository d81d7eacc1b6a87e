"""Builds worlds. The first data of a world come from its file and from the generator.

Both take little time, because accounts are generated when one is first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from functools import partial

from postfuze_fixtures import generator
from postfuze_mock.records import Account, Row, encode
from postfuze_mock.worlds.connect import sessions
from postfuze_mock.worlds.signal import Signal
from postfuze_mock.worlds.webhooks import webhooks
from postfuze_mock.worlds.world import Origin, World


def build(world: World, origin: Origin) -> None:
    """Build `world` as `origin` describes it: first data, first clock, no faults, counted calls, recorded requests.
    Its inboxes are empty then, those of its former webhooks too."""
    world.empty_inboxes()
    world.origin = origin
    world.journal = world.journal.anew()
    world.clear(origin)
    begin(world)
    world.empty_inboxes()


def begin(world: World) -> None:
    """Put the first data into `world`, which has none yet."""
    file = world.origin.file
    if file.accounts:
        world.store.set_counters({"account": len(file.accounts)})
    world.store.load_on_demand(first_rows(world), file.size)
    for session in file.sessions:
        sessions.mint(world, session, world.start)
    webhooks.reset(world)
    world.note_first()


def first_rows(world: World) -> Callable[[], Iterator[Row]]:
    """What returns the accounts that `world` starts with. It has no reference to the world, so that this is freed as
    soon as nothing uses it."""
    return partial(_rows, world.name, world.origin, world.context.loading)


def _rows(name: str, origin: Origin, loading: Signal) -> Iterator[Row]:
    loading(name)
    file, seed, start = origin.file, origin.seed, origin.start
    networks = generator.network_ids(seed, name, file.accounts)
    ids = {fields["id"] for fields in file.accounts if "id" in fields}
    for count, fields in enumerate(file.accounts, start=1):
        account = generator.explicit(fields, seed=seed, world=name, count=count, now=start, networks=networks)
        public = account.public if "id" in fields else _distinct(account.public, ids, seed, name)
        yield encode(public, account.hidden)
    for account in generator.accounts(seed, name, start, file.counts, networks):
        yield encode(_distinct(account.public, ids, seed, name), account.hidden)


def _distinct(account: Account, ids: Set[str], seed: int, world: str) -> Account:
    """A generated account, with another id if the file lists an account with its id."""
    while account["id"] in ids:
        account = {**account, "id": generator.uuid(seed, world, f"instead of {account['id']}", 0)}
    return account
