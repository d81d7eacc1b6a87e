"""The webhooks of a world: where its events are delivered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from postfuze_fixtures import generator
from postfuze_fixtures.schema_errors import Path
from postfuze_fixtures.world_checks import dotted
from postfuze_fixtures.world_file import WorldFile, refusal
from postfuze_mock.domain.destinations import Allowed, Destination
from postfuze_mock.domain.webhooks import Webhook
from postfuze_mock.problems import refused
from postfuze_mock.settings import CONTROL_PATH
from postfuze_mock.worlds.webhooks.inboxes import Inboxes
from postfuze_mock.worlds.world import ServerContext, World


def check_url(url: str, inboxes: Inboxes, allowed: Allowed) -> None:
    """Raises ValueError, which says what the URL must be, unless events may be sent to `url`: an inbox of this server,
    or a permitted destination."""
    if inboxes.own(url) is None:
        if url.startswith("/"):
            raise ValueError(f"must be a URL, or the path of an inbox, such as {CONTROL_PATH}/inbox/acme")
        destination(url, allowed)
    elif inboxes.refusal is not None:
        raise ValueError(f"cannot be an inbox of this server, which has none: {inboxes.refusal}")


def destination(url: str, allowed: Allowed) -> Destination:
    """The destination of `url`. Raises ValueError, which says what the URL must be, for an invalid or forbidden one."""
    destination = Destination.parse(url)
    if not allowed.permits(destination.host, destination.port):
        raise ValueError(
            "must be on loopback, such as http://127.0.0.1:9000/hook, or at a host that the server was started with: "
            f"--webhook-allow {destination.host}"
        )
    return destination


def reset(world: World) -> None:
    """Set the webhooks of `world` to those of its file, and the one that every world has."""
    hooks = [_webhook(world, fields) for fields in world.origin.file.webhooks]
    common = world.context.webhook
    if common is not None and common.url not in {webhook.url for webhook in hooks}:
        hooks.append(common)
    use(world, tuple(hooks))


def use(world: World, hooks: tuple[Webhook, ...]) -> None:
    """Send the events of `world` to `hooks` alone."""
    world.webhooks = hooks
    world.context.inboxes.point(world.name, hooks)


def read(documents: Sequence[Mapping[str, Any]], world: World, at: str) -> tuple[Webhook, ...]:
    """The webhooks that a list describes; one without a secret gets the current secret of its URL, or a new one. Raises
    a 400 problem, at the JSON pointer `at` and below, for an invalid or repeated URL."""
    urls = [fields["url"] for fields in documents]
    for index, url in enumerate(urls):
        try:
            check_url(url, world.context.inboxes, world.context.webhook_allow)
        except ValueError as error:
            raise refused(f"{at}/{index}/url", str(error)) from error
        if url in urls[:index]:
            message = f"is at {at}/{urls.index(url)} already; list all its events there"
            raise refused(f"{at}/{index}/url", message)
    return tuple(_webhook(world, fields) for fields in documents)


def replace(world: World, documents: Sequence[Mapping[str, Any]], at: str) -> list[dict[str, Any]]:
    """Replace all webhooks by those that `documents` describe. Returns them as `to_list` does, and this once with a
    `signing_secret` that is generated here. Gives up deliveries to URLs that are removed. Raises as `read`."""
    before = {webhook.url for webhook in world.webhooks}
    use(world, read(documents, world, at))
    urls = {webhook.url for webhook in world.webhooks}
    world.outbox.give_up_except(urls)
    with_secret = urls - before - {fields["url"] for fields in documents if "signing_secret" in fields}
    return [webhook.to_dict(secret=webhook.url in with_secret) for webhook in world.webhooks]


def to_list(world: World) -> list[dict[str, Any]]:
    """The webhooks without their secrets."""
    return [webhook.to_dict() for webhook in world.webhooks]


def check(file: WorldFile, context: ServerContext) -> None:
    """Raises WorldFileError if a world file sends events to where they may not be sent."""
    for path, url in _urls(file):
        try:
            check_url(url, context.inboxes, context.webhook_allow)
        except ValueError as error:
            raise refusal(file, (path, f"{dotted(path)} {error}")) from error


def _urls(file: WorldFile) -> Iterator[tuple[Path, str]]:
    worlds: dict[Path, Mapping[str, Any]] = {(): file.document}
    worlds |= {("worlds", name): world for name, world in file.worlds.items()}
    for path, world in worlds.items():
        for index, webhook in enumerate(world.get("webhooks", ())):
            yield (*path, "webhooks", index, "url"), webhook["url"]


def _webhook(world: World, fields: Mapping[str, Any]) -> Webhook:
    secret = next((each.signing_secret for each in world.webhooks if each.url == fields["url"]), None)
    if secret is None and "signing_secret" not in fields:
        secret = generator.secret(world.seed, world.name, "webhook", world.store.next("webhook"))
    return Webhook.of(fields, secret or "")
