"""The composition root: settings become an ASGI application."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp

from postfuze_fixtures import generator, world_file
from postfuze_fixtures.world_file import WorldFile
from postfuze_mock import api, control, spec
from postfuze_mock.control import spec as control_spec
from postfuze_mock.control.state_file_check import state_file_check
from postfuze_mock.domain.choices import ChoiceError, Choices, unplayed
from postfuze_mock.domain.clock import REAL_TIME, Setting
from postfuze_mock.domain.destinations import Allowed
from postfuze_mock.domain.limits import Bucket
from postfuze_mock.domain.webhooks import Webhook
from postfuze_mock.engines.opened import Opened
from postfuze_mock.engines.opening import open_engine
from postfuze_mock.http.application import Parts, application
from postfuze_mock.http.endpoints import Api
from postfuze_mock.http.pages.routes import Derived, Document
from postfuze_mock.http.perimeter.access import access
from postfuze_mock.http.security import Limits
from postfuze_mock.http.server.connections import open_connections
from postfuze_mock.http.server.lifespan import Lifespan, Service
from postfuze_mock.settings import API_PATH, CONTROL_PATH, InvalidSettingError, Settings
from postfuze_mock.webhooks.deliverer import Deliverer
from postfuze_mock.worlds import assumptions_file
from postfuze_mock.worlds.keyring import Keyring
from postfuze_mock.worlds.listed_keys import keys_of
from postfuze_mock.worlds.memory_worlds import MemoryWorlds
from postfuze_mock.worlds.origins import Origins
from postfuze_mock.worlds.persistence.autosave import Autosave
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.reserved_tokens import reserved_tokens
from postfuze_mock.worlds.signal import Signal
from postfuze_mock.worlds.webhooks import webhooks
from postfuze_mock.worlds.webhooks.inboxes import Inboxes
from postfuze_mock.worlds.world import ServerContext

if TYPE_CHECKING:
    from postfuze_mock.http.metrics.metrics import Metrics

logger = logging.getLogger(__name__)


def create_app(settings: Settings | None = None) -> ASGIApp:
    """The mock as an ASGI application. Raises ValueError (one sentence) for an invalid world file, clock or assumption.
    With a `control_port`, the server must listen on that port of 127.0.0.1 too."""
    settings = settings or Settings()
    worlds = make_worlds(settings)
    saving, counting = autosave(settings, worlds), metrics(settings, worlds)
    app = serve(settings, worlds, saving=saving, counting=counting)
    return Lifespan(app, services(settings, worlds, saving, counting))


def autosave(settings: Settings, worlds: Worlds) -> Autosave | None:
    """What saves `worlds` in the state file, if there is to be one; restores them from it. Raises ValueError (one
    sentence) if that file cannot be used."""
    if settings.state_file is None:
        if settings.state_file_sync == "always":
            raise InvalidSettingError("state_file_sync", "always needs a file: name one with --state-file")
        return None
    check = state_file_check(control_spec.load(spec.load()))
    return Autosave(worlds, Path(settings.state_file), check, settings.state_file_sync)


def metrics(settings: Settings, worlds: Worlds) -> Metrics | None:
    """What is at /metrics, if there is to be something. Raises InvalidSettingError without Prometheus's library."""
    if not settings.metrics:
        return None
    try:
        from postfuze_mock.http.metrics.metrics import Metrics
    except ModuleNotFoundError as error:
        raise InvalidSettingError("metrics", 'needs a library: pip install "postfuze-mock[metrics]"') from error
    return Metrics(worlds, access(settings).token)


def services(
    settings: Settings, worlds: Worlds, saving: Autosave | None, counting: Metrics | None = None
) -> list[Service]:
    """The background services for `worlds`. What saves them stops last."""
    engine = worlds.engine if isinstance(worlds.engine, Service) else None
    idle = _idle(worlds, settings.max_idle)
    first = [each for each in (engine, counting, worlds.context.recorder, saving, idle) if each is not None]
    return [*first, deliverer(worlds)]


def _idle(worlds: Worlds, seconds: float) -> Service | None:
    """What lets unused worlds go, if something is to do that."""
    if not seconds:
        return None
    if isinstance(worlds, MemoryWorlds):
        from postfuze_mock.worlds.idle import Idle

        return Idle(worlds, seconds)
    from postfuze_mock.engines import in_sql

    return in_sql.idle(worlds, seconds)


def deliverer(worlds: Worlds) -> Service:
    """What delivers the events of `worlds`."""
    if not worlds.engine.is_shared:
        return Deliverer(worlds)
    from postfuze_mock.engines import in_sql

    return in_sql.deliverer(worlds)


def make_worlds(settings: Settings, base_url: str | None = None) -> Worlds:
    """The worlds of a server; none is built yet. `base_url` is the server's URL for browsers."""
    template = WorldFile(WorldFile.DEFAULT, {}) if settings.world is None else world_file.load(settings.world)
    opened = open_engine(settings, partial(reserved_tokens, template))
    try:
        worlds = _worlds(settings, template, opened, base_url or f"http://{settings.host}:{settings.port}")
    except BaseException:
        opened.engine.close()
        raise
    if not_played := unplayed({**worlds.origins.assume, **template.assume}):
        logger.warning("Not played: %s.", ", ".join(not_played))
    return worlds


def _worlds(settings: Settings, template: WorldFile, opened: Opened, base_url: str) -> Worlds:
    webhook_allow = _allowed("webhook_allow", settings.webhook_allow)
    permission = access(settings)
    inboxes = opened.inboxes(permission.url or base_url, permission.refusal)
    context = ServerContext(
        limits=tuple(Bucket(b["id"], b["limit"], b["window_seconds"]) for b in spec.load()["x-rate-limits"]),
        tokens=opened.tokens,
        states=opened.states,
        redirects=_allowed("redirect_allow", settings.redirect_allow),
        base_url=base_url,
        webhook_allow=webhook_allow,
        webhook=_common_webhook(settings, inboxes, webhook_allow),
        due=Signal(),
        loading=Signal(),
        arrivals=opened.arrivals,
        inboxes=inboxes,
        new_outbox=opened.new_outbox,
        after_commit=opened.engine.after_commit,
        journals=opened.journals,
        coverage=opened.coverage,
        recorder=opened.recorder,
        strict_keys=settings.strict_keys,
        max_accounts=settings.max_accounts,
    )
    clock, assume = _clock(settings), _assume(settings)
    origins = Origins(template, seed=settings.seed, clock=clock, assume=assume, context=context)
    return opened.worlds(origins, settings.max_worlds)


def serve(
    settings: Settings,
    worlds: Worlds,
    specification: bytes | None = None,
    saving: Autosave | None = None,
    counting: Metrics | None = None,
) -> ASGIApp:
    """The application that serves `worlds`. `--reload` replaces it by one for a changed `specification` (None: the
    installed file), with the same worlds. `saving` saves them in the state file, if there is one; `counting` is at
    /metrics, if there is something."""
    document = spec.load() if specification is None else spec.parse(specification)
    control_document = control_spec.load(document)
    parts = Parts(
        apis=(
            Api(API_PATH, document, api.HANDLERS),
            Api(CONTROL_PATH, control_document, control.handlers(worlds, open_connections)),
        ),
        documents=documents(document, control_document, specification),
        worlds=worlds,
        saving=saving,
        keyring=Keyring(worlds, keys_of(worlds.origins.template), strict=settings.strict_keys),
        choices=worlds.choices,
        limits=Limits(document["x-rate-limits"]) if settings.rate_limits else None,
        retry_after=max(bucket["window_seconds"] for bucket in document["x-rate-limits"]),
        not_mocked=partial(_below, [API_PATH + path for path in document["x-not-mocked"]]),
        validate_responses=settings.validate_responses,
        access=access(settings),
        metrics=counting,
        allow_origin=settings.allow_origin,
    )
    return application(parts)


def documents(
    document: dict[str, Any], control_document: dict[str, Any], specification: bytes | None = None
) -> dict[str, Document | Derived]:
    """The specifications as files, by their path without an ending; `specification` is the source of `document` (None:
    the installed file)."""
    return {
        "/openapi": Document(specification or spec.load_bytes(), document),
        "/openapi-3.1": Derived(document),
        f"{CONTROL_PATH}/openapi": Document(control_spec.FILE.read_bytes(), control_document),
    }


def _assume(settings: Settings) -> dict[str, str]:
    """The alternatives by assumption; a setting wins over the file."""
    file = {} if settings.assume_file is None else assumptions_file.read(settings.assume_file)
    try:
        Choices.with_overrides(settings.assume)
    except ChoiceError as error:
        raise InvalidSettingError("assume", f"is wrong: {error}") from error
    return {**file, **settings.assume}


def _clock(settings: Settings) -> Setting:
    try:
        return REAL_TIME if settings.clock is None else Setting.parse(settings.clock)
    except ValueError as error:
        raise InvalidSettingError("clock", f"is wrong: {error}") from error


def _allowed(setting: str, patterns: Iterable[str]) -> Allowed:
    try:
        return Allowed(patterns)
    except ValueError as error:
        raise InvalidSettingError(setting, str(error)) from error


def _common_webhook(settings: Settings, inboxes: Inboxes, allowed: Allowed) -> Webhook | None:
    """The webhook that every world has, if any. It has one secret for all worlds, because it is one receiver."""
    if settings.webhook_url is None:
        return None
    try:
        webhooks.check_url(settings.webhook_url, inboxes, allowed)
    except ValueError as error:
        raise InvalidSettingError("webhook_url", str(error)) from error
    return Webhook.of({"url": settings.webhook_url}, generator.secret(settings.seed, "", "webhook", 0))


def _below(prefixes: list[str], path: str) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)
