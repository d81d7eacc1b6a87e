"""How many accounts a world may have: `--max-accounts`."""

from __future__ import annotations

from collections.abc import Iterator

from postfuze_fixtures.world_file import WorldFile, refusal
from postfuze_mock.problems import Problem, refused
from postfuze_mock.worlds.world import World


def check(file: WorldFile, most: int) -> None:
    """Raises WorldFileError if a world of `file` would start with more than `most` accounts."""
    if mistakes := [(path, _sentence(size, most)) for path, size in _sizes(file) if size > most]:
        raise refusal(file, *mistakes)


def check_count(count: int, most: int) -> None:
    """Raises a 400 problem for a saved state with `count` accounts, if these are more than `most`."""
    if count > most:
        raise refused("/accounts", _sentence(count, most))


def refuse_more(world: World) -> None:
    """Raises a 409 problem if the world may have no more accounts. Those that it started with count, and those that it
    was given since, also if they are disconnected by now."""
    file, most = world.file, world.context.max_accounts
    count = file.size - len(file.accounts) + world.store.counters().get("account", 0)
    if count >= most:
        detail = f"This world has had {count} accounts, as many as it may (--max-accounts): reset it."
        raise Problem(409, detail, rule="accounts.most", code="conflict")


def _sentence(count: int, most: int) -> str:
    return f"has {count} accounts, and a world may have {most} (--max-accounts)"


def _sizes(file: WorldFile) -> Iterator[tuple[tuple[str, ...], int]]:
    """Where the worlds of `file` say how many accounts they have, and how many these are."""
    yield ("generate",), file.for_world("").size
    for name in file.worlds:
        yield ("worlds", name, "generate"), file.for_world(name).size
