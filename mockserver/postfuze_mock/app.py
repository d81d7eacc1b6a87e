"""The composition root: settings become an ASGI application."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from starlette.types import ASGIApp

from postfuze_fixtures import generator, world_file
from postfuze_fixtures.world_file import WorldFile
from postfuze_mock import api, control, spec
from postfuze_mock.control import spec as control_spec
from postfuze_mock.control.server import Server as Levers
from postfuze_mock.control.state_file_check import state_file_check
from postfuze_mock.domain.clock import REAL_TIME, Setting
from postfuze_mock.domain.destinations import Allowed
from postfuze_mock.domain.keys import Key
from postfuze_mock.domain.keys import parse as parse_key
from postfuze_mock.domain.limits import Bucket
from postfuze_mock.domain.sealing import Seal
from postfuze_mock.domain.webhooks import Webhook
from postfuze_mock.http.application import Parts, application
from postfuze_mock.http.connexion_stack import Api
from postfuze_mock.http.pages.routes import Document
from postfuze_mock.http.perimeter.access import access
from postfuze_mock.http.security import Limits
from postfuze_mock.http.server.lifespan import Lifespan, Service
from postfuze_mock.settings import API_PATH, CONTROL_PATH, Settings
from postfuze_mock.state.memory import MemoryStore
from postfuze_mock.webhooks.deliverer import Deliverer
from postfuze_mock.worlds.keyring import Keyring
from postfuze_mock.worlds.persistence.autosave import Autosave
from postfuze_mock.worlds.registry import Worlds, reserved_tokens
from postfuze_mock.worlds.tokens import Tokens
from postfuze_mock.worlds.webhooks import webhooks
from postfuze_mock.worlds.webhooks.outbox import Stirred
from postfuze_mock.worlds.world import Server


def create_app(chosen: Settings | None = None) -> ASGIApp:
    """The mock as an ASGI application. Raises ValueError (one sentence) for a world file, clock or assumption that
    cannot be. With a `control_port`, serve it at that port of 127.0.0.1 too."""
    chosen = chosen or Settings()
    worlds = make_worlds(chosen)
    return Lifespan(serve(chosen, worlds), services(chosen, worlds))


def services(chosen: Settings, worlds: Worlds) -> list[Service]:
    """What runs beside the requests, around `worlds`, which are as a state file has them from here on. Raises
    ValueError (one sentence) for a state file that cannot be used."""
    deliverer = Deliverer(worlds)
    if chosen.state_file is None:
        return [deliverer]
    return [Autosave(worlds, Path(chosen.state_file), state_file_check(control_spec.load(spec.load()))), deliverer]


def make_worlds(chosen: Settings, base_url: str | None = None) -> Worlds:
    """The worlds that `chosen` describes, none of them made yet; `base_url` is where browsers will find the server."""
    template = WorldFile("the default world", {}) if chosen.world is None else world_file.load(chosen.world)
    webhook_allow = _allowed("--webhook-allow", chosen.webhook_allow)
    return Worlds(
        template,
        seed=chosen.seed,
        clock=Setting.parse(chosen.clock) if chosen.clock is not None else REAL_TIME,
        assume=chosen.assume,
        server=Server(
            limits=tuple(Bucket(b["id"], b["limit"], b["window_seconds"]) for b in spec.load()["x-rate-limits"]),
            tokens=Tokens(partial(reserved_tokens, template)),
            seal=Seal(f"seal of {chosen.seed}".encode()),
            redirects=_allowed("--redirect-allow", chosen.redirect_allow),
            base_url=base_url or f"http://{chosen.host}:{chosen.port}",
            webhook_allow=webhook_allow,
            webhook=_common_webhook(chosen, webhook_allow),
            stirred=Stirred(),
        ),
        new_store=MemoryStore,
        engine=MemoryStore.name,
    )


def serve(chosen: Settings, worlds: Worlds, specification: bytes | None = None) -> ASGIApp:
    """The application around `worlds`, which outlive it when another `specification` is to be served (None: ours)."""
    document = spec.load() if specification is None else spec.parse(specification)
    levers = control_spec.load(document)
    parts = Parts(
        apis=(
            Api(API_PATH, document, _functions(api)),
            Api(CONTROL_PATH, levers, _levers(worlds)),
        ),
        documents={
            "/openapi": Document(specification or spec.load_bytes(), document),
            f"{CONTROL_PATH}/openapi": Document(control_spec.FILE.read_bytes(), levers),
        },
        worlds=worlds,
        keyring=Keyring(worlds, _listed_keys(worlds.template), strict=chosen.strict_keys),
        choices=worlds.choices,
        limits=Limits(document["x-rate-limits"]) if chosen.rate_limits else None,
        retry_after=max(bucket["window_seconds"] for bucket in document["x-rate-limits"]),
        not_mocked=partial(_below, [API_PATH + path for path in document["x-not-mocked"]]),
        validate_responses=chosen.validate_responses,
        access=access(chosen),
        allow_origin=chosen.allow_origin,
    )
    return application(parts)


def _allowed(flag: str, patterns: Iterable[str]) -> Allowed:
    try:
        return Allowed(patterns)
    except ValueError as error:
        raise ValueError(f"{flag} {error}") from error


def _common_webhook(chosen: Settings, allowed: Allowed) -> Webhook | None:
    """Where the events of all worlds go. It has one secret for all, for it is one receiver."""
    if chosen.webhook_url is None:
        return None
    try:
        webhooks.destination(chosen.webhook_url, allowed)
    except ValueError as error:
        raise ValueError(f"--webhook-url {error}") from error
    return Webhook.of({"url": chosen.webhook_url}, generator.secret(chosen.seed, "", "webhook", 0))


def _functions(package: ModuleType) -> dict[str, Callable[..., Any]]:
    """The handlers of a package, by name: the public functions that its modules define."""
    names = [each.name for each in pkgutil.iter_modules(package.__path__)]
    modules = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    return {
        name: function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }


def _levers(worlds: Worlds) -> dict[str, Callable[..., Any]]:
    methods = inspect.getmembers(Levers(worlds), inspect.ismethod)
    return _functions(control) | {name: method for name, method in methods if not name.startswith("_")}


def _listed_keys(template: WorldFile) -> dict[str, Key]:
    """The keys of a world file: each opens the world that it names, else that of its NAME."""
    keys: dict[str, Key] = {}
    for entry in template.keys:
        key = parse_key(entry["key"]) or Key(entry["key"][3:7], entry["world"])
        keys[entry["key"]] = Key(
            key.mode,
            entry.get("world", key.name),
            entry.get("status", key.standing),
            frozenset(entry.get("scopes", key.scopes)),
        )
    return keys


def _below(prefixes: list[str], path: str) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)
