"""Where a world's events go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from postfuze_fixtures import generator
from postfuze_fixtures.world_file import WorldFile, WorldFileError
from postfuze_fixtures.world_problems import Path, pointer, spoken
from postfuze_mock.domain.destinations import Allowed, Destination
from postfuze_mock.domain.webhooks import Webhook
from postfuze_mock.problems import refused
from postfuze_mock.worlds.world import World


def destination(url: str, allowed: Allowed) -> Destination:
    """Where `url` leads. ValueError says what is wrong with it, or that it leads where webhooks may not go."""
    found = Destination.parse(url)
    if not allowed.permits(found.host, found.port):
        raise ValueError(
            "must be on loopback, such as http://127.0.0.1:9000/hook, or at a host that the server was started with: "
            f"--webhook-allow {found.host}"
        )
    return found


def begin(world: World) -> None:
    """Give `world` the webhooks of its file, and the one that every world has."""
    own = [_made(world, fields) for fields in world.origin.file.webhooks]
    common = world.server.webhook
    if common is not None and common.url not in {webhook.url for webhook in own}:
        own.append(common)
    world.webhooks = tuple(own)


def read(wanted: Sequence[Mapping[str, Any]], world: World, place: str) -> tuple[Webhook, ...]:
    """The webhooks that a list describes; a secret that is not given is the one that the URL has by now, or a new one.
    Raises a 400 problem, at the JSON pointer `place` and below, for a URL that cannot be or that stands twice."""
    urls = [fields["url"] for fields in wanted]
    for at, url in enumerate(urls):
        try:
            destination(url, world.server.webhook_allow)
        except ValueError as error:
            raise refused(f"{place}/{at}/url", str(error)) from error
        if url in urls[:at]:
            raise refused(
                f"{place}/{at}/url", f"stands at {place}/{urls.index(url)} already; name all its events there"
            )
    return tuple(_made(world, fields) for fields in wanted)


def replace(world: World, wanted: Sequence[Mapping[str, Any]], place: str) -> list[dict[str, Any]]:
    """Put the webhooks that `wanted` describes in the place of all. As `shown`, those whose secret was made just now
    with their `signing_secret`, this once. What waits for a URL that is gone is given up. Raises as `read`."""
    before = {webhook.url for webhook in world.webhooks}
    world.webhooks = read(wanted, world, place)
    kept = {webhook.url for webhook in world.webhooks}
    world.outbox.give_up(lambda url: url not in kept)
    told = {fields["url"] for fields in wanted if "signing_secret" in fields} | before
    return [_told(webhook, secret=webhook.url not in told) for webhook in world.webhooks]


def shown(world: World) -> list[dict[str, Any]]:
    """The webhooks without their secrets."""
    return [_told(webhook, secret=False) for webhook in world.webhooks]


def check(file: WorldFile, allowed: Allowed) -> None:
    """Raises WorldFileError where a worlds file sends events where webhooks may not go."""
    for path, url in _urls(file):
        try:
            destination(url, allowed)
        except ValueError as error:
            reason = f"{spoken(path)} {error}"
            raise WorldFileError(f"{file.source}: {reason}", reason=reason, pointer=pointer(path)) from error


def _urls(file: WorldFile) -> Iterator[tuple[Path, str]]:
    worlds: dict[Path, Mapping[str, Any]] = {(): file.document}
    worlds |= {("worlds", name): world for name, world in file.worlds.items()}
    for path, world in worlds.items():
        for at, webhook in enumerate(world.get("webhooks", ())):
            yield (*path, "webhooks", at, "url"), webhook["url"]


def _made(world: World, fields: Mapping[str, Any]) -> Webhook:
    standing = next((each.signing_secret for each in world.webhooks if each.url == fields["url"]), None)
    if standing is None and "signing_secret" not in fields:
        standing = generator.secret(world.seed, world.name, "webhook", world.store.next("webhook"))
    return Webhook.of(fields, standing or "")


def _told(webhook: Webhook, *, secret: bool) -> dict[str, Any]:
    return {**webhook.shown(), **({"signing_secret": webhook.signing_secret} if secret else {})}
