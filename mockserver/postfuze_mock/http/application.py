"""Builds the ASGI application from its `Parts`: the stages of a request, in their order."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from postfuze_mock.domain.choices import Choices
from postfuze_mock.http import stack
from postfuze_mock.http.assumed_problems import AssumedProblems
from postfuze_mock.http.dispatch import Dispatch
from postfuze_mock.http.durability import DurabilityStage
from postfuze_mock.http.endpoints import Api, endpoints
from postfuze_mock.http.faults import FaultStage
from postfuze_mock.http.journal import JournalStage
from postfuze_mock.http.pages import consent
from postfuze_mock.http.pages.routes import Derived, Document, files, pages
from postfuze_mock.http.pages.server_facts import ServerFacts
from postfuze_mock.http.perimeter.access import Access
from postfuze_mock.http.perimeter.cors import Cors
from postfuze_mock.http.perimeter.guard import Guard
from postfuze_mock.http.perimeter.listeners import Listeners
from postfuze_mock.http.response_checks import ResponseCheckStage
from postfuze_mock.http.routing import RoutingStage
from postfuze_mock.http.security import Limits, SecurityStage
from postfuze_mock.http.stack import ErrorStage
from postfuze_mock.http.validation.stage import ValidationStage
from postfuze_mock.worlds.keyring import Keyring
from postfuze_mock.worlds.persistence.autosave import Autosave
from postfuze_mock.worlds.registry import Worlds

if TYPE_CHECKING:  # it needs a library that not everybody has
    from postfuze_mock.http.metrics.metrics import Metrics

#: Says in `GET /health` that keys open worlds, so that nobody takes an accepted unknown key for a defect.
_KEYS_OPEN_WORLDS = {"getServiceHealth": ((b"x-unknown-keys", b"accepted"),)}


@dataclass(frozen=True)
class Parts:
    """What the stages need. `saving` is None without a state file; `limits` is None where rate limits are off, and
    `metrics` without `--metrics`; `retry_after` is the default `Retry-After` (seconds) of faults."""

    apis: tuple[Api, ...]
    documents: dict[str, Document | Derived]
    worlds: Worlds
    saving: Autosave | None
    keyring: Keyring
    choices: Choices
    limits: Limits | None
    retry_after: int
    not_mocked: Callable[[str], bool]
    validate_responses: bool
    access: Access
    metrics: Metrics | None
    allow_origin: tuple[str, ...]


def application(parts: Parts) -> ASGIApp:
    """An ASGI application that serves `parts` to HTTP requests; `http/server/lifespan.py` adds the other protocols."""
    dispatch = Dispatch(parts.worlds, {} if parts.keyring.strict else _KEYS_OPEN_WORLDS)
    app = stack.build(dispatch, stages(parts), endpoints(parts.apis))
    return Cors(app, parts.allow_origin) if parts.allow_origin else app


def stages(parts: Parts) -> list[Any]:
    """The stages, outermost first."""
    return [
        *([parts.metrics.stage] if parts.metrics is not None else []),
        *_journal(parts),
        *([functools.partial(DurabilityStage, autosave=parts.saving)] if parts.saving is not None else []),
        ErrorStage,
        *_listeners(parts),
        functools.partial(Guard, access=parts.access),
        functools.partial(
            RoutingStage,
            pages=pages(parts.documents, _facts(parts), _routes(parts)),
            files=files(parts.documents),
            not_mocked=parts.not_mocked,
        ),
        functools.partial(
            SecurityStage, worlds=parts.worlds, keyring=parts.keyring, limits=parts.limits, token=parts.access.token
        ),
        functools.partial(FaultStage, worlds=parts.worlds, retry_after=parts.retry_after),
        functools.partial(AssumedProblems, worlds=parts.worlds),
        functools.partial(ValidationStage, defaults=parts.choices),
        *([ResponseCheckStage] if parts.validate_responses else []),
    ]


def _journal(parts: Parts) -> list[Any]:
    """The journal stage; none where the control API is refused, because nothing could read the journal."""
    if parts.access.refusal is not None:
        return []
    return [functools.partial(JournalStage, worlds=parts.worlds, keyring=parts.keyring)]


def _routes(parts: Parts) -> list[BaseRoute]:
    """The routes beside those of the pages."""
    return [*consent.routes(parts.worlds), *([] if parts.metrics is None else parts.metrics.routes)]


def _facts(parts: Parts) -> ServerFacts:
    urls = functools.partial(parts.access.urls, api=parts.worlds.context.base_url)
    return ServerFacts(parts.worlds, urls)


def _listeners(parts: Parts) -> list[Any]:
    listener, url = parts.access.listener, parts.access.url
    if listener is None or url is None:
        return []
    return [functools.partial(Listeners, api=parts.worlds.context.base_url, control=url, listener=listener)]
