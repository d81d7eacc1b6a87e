"""The edge to Connexion: its middleware around our stages, and its error handling."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connexion import ConnexionMiddleware
from connexion.middleware.exceptions import ExceptionMiddleware
from connexion.resolver import Resolver
from inflection import underscore
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from postfuze_mock.domain.choices import Choices
from postfuze_mock.http import errors
from postfuze_mock.http.access import Access
from postfuze_mock.http.cors import Cors
from postfuze_mock.http.dispatch import Dispatch
from postfuze_mock.http.faults import FaultStage
from postfuze_mock.http.guard import Guard
from postfuze_mock.http.journal import JournalStage
from postfuze_mock.http.limits import Limits
from postfuze_mock.http.listeners import Listeners
from postfuze_mock.http.pages import consent
from postfuze_mock.http.pages.routes import Document, files, pages
from postfuze_mock.http.response_checks import ResponseCheckStage
from postfuze_mock.http.routing import RoutingStage
from postfuze_mock.http.security import SecurityStage
from postfuze_mock.http.validation import ValidationStage
from postfuze_mock.problems import Problem
from postfuze_mock.worlds.keyring import Keyring
from postfuze_mock.worlds.registry import Worlds

Handler = Callable[..., Any]


@dataclass(frozen=True)
class Api:
    """A specification to serve below `path`, and its handlers by operationId in snake case."""

    path: str
    document: dict[str, Any]
    handlers: Mapping[str, Handler]


@dataclass(frozen=True)
class Parts:
    """What the stages are made of. `retry_after` (seconds) is told where a fault does not say when to come back."""

    apis: tuple[Api, ...]
    documents: dict[str, Document]
    worlds: Worlds
    keyring: Keyring
    choices: Choices
    limits: Limits | None
    retry_after: int
    not_mocked: Callable[[str], bool]
    validate_responses: bool
    access: Access
    allow_origin: tuple[str, ...]


def application(parts: Parts) -> ASGIApp:
    """An ASGI application that serves `parts` to HTTP requests; `http/living.py` makes it one for all that comes."""
    stack = ConnexionMiddleware(Dispatch(), middlewares=stages(parts))
    for api in parts.apis:
        stack.add_api(api.document, base_path=api.path, resolver=Resolver(_finder(api.handlers)))
    for kind in (Problem, HTTPException, Exception):
        stack.add_error_handler(kind, errors.render)
    stack.app, stack.middleware_stack = stack._build_middleware_stack()
    return Cors(stack.app, parts.allow_origin) if parts.allow_origin else stack.app


def stages(parts: Parts) -> list[Any]:
    """What a request goes through, outermost first."""
    return [
        *_journal(parts),
        ExceptionMiddleware,
        *_listeners(parts),
        functools.partial(Guard, access=parts.access),
        functools.partial(
            RoutingStage,
            pages=pages(parts.documents, consent.routes(parts.worlds)),
            files=files(parts.documents),
            not_mocked=parts.not_mocked,
        ),
        functools.partial(
            SecurityStage, worlds=parts.worlds, keyring=parts.keyring, limits=parts.limits, token=parts.access.token
        ),
        functools.partial(FaultStage, retry_after=parts.retry_after),
        functools.partial(ValidationStage, defaults=parts.choices),
        *([ResponseCheckStage] if parts.validate_responses else []),
    ]


def _journal(parts: Parts) -> list[Any]:
    """None where no lever could ever show it."""
    if parts.access.refusal is not None:
        return []
    return [functools.partial(JournalStage, worlds=parts.worlds, keyring=parts.keyring)]


def _listeners(parts: Parts) -> list[Any]:
    control, url = parts.access.listener, parts.access.url
    if control is None or url is None:
        return []
    return [functools.partial(Listeners, api=parts.worlds.server.base_url, levers=url, control=control)]


def _finder(handlers: Mapping[str, Handler]) -> Callable[[str], Handler]:
    def find(operation_id: str) -> Handler:
        # Not a KeyError's kin that Connexion would take for "answer this one with 501".
        if underscore(operation_id) not in handlers:
            raise LookupError(f"No handler is named {underscore(operation_id)}.")
        return handlers[underscore(operation_id)]

    return find
