"""Who calls: the API key (or the session token in the path) becomes a world; a missing scope is 403.

Connexion builds a request object and walks generic schemes on each call; ours looks the header up in a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from postfuze_mock.domain.keys import ALL_SCOPES
from postfuze_mock.http.call import Call, call_of
from postfuze_mock.http.limits import Limits
from postfuze_mock.http.stage import Operation, Stage
from postfuze_mock.problems import Problem
from postfuze_mock.worlds.keyring import Credential, Keyring
from postfuze_mock.worlds.registry import Worlds

BEARER = "bearer"
SESSION_TOKEN = "sessionToken"
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="postfuze"'}
INVALID_KEY = "Invalid or expired API key."


class Rule(NamedTuple):
    """What an operation asks for. `keyed`: "required", "optional" (a lever: no key means `demo`) or "never"; `scope`
    always, that of `scope_under` only where its `assumption` is decided as `choice`."""

    keyed: str
    scope: str | None
    scope_under: Mapping[str, str] | None
    by_session: bool

    def missing_scope(self, credential: Credential) -> str | None:
        """The scope that this operation needs and `credential` lacks."""
        scope, under = self.scope, self.scope_under
        if under is not None and credential.world.choices.by_id()[under["assumption"]] == under["choice"]:
            scope = under["scope"]
        return None if scope is None or credential.scopes & {scope, *ALL_SCOPES} else scope


class SecurityStage(Stage):
    """Sets the call's world, or refuses with 401, 403, 429 (in this order)."""

    def __init__(self, app: ASGIApp, *, worlds: Worlds, keyring: Keyring, limits: Limits | None) -> None:
        super().__init__(app)
        self.worlds = worlds
        self.keyring = keyring
        self.limits = limits
        self.rules: dict[str, Rule] = {}

    def compile(self, operation: Operation) -> None:
        keyed = "never"
        if operation.security:
            keyed = "optional" if {} in operation.security else "required"
        by_session = any(parameter["name"] == SESSION_TOKEN for parameter in operation.parameters("path"))
        scope, scope_under = (operation.document.get(f"x-required-scope{under}") for under in ("", "-under"))
        self.rules[operation.id] = Rule(keyed, scope, scope_under, by_session)
        if self.limits is not None and keyed != "optional":
            self.limits.compile(operation, keyed == "required")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = call_of(scope)
        rule = self.rules[call.operation]
        if rule.keyed == "required":
            self._admit(call, self._credential(call), rule)
        elif rule.keyed == "optional":
            call.world = self._lever_world(call)
        elif rule.by_session:
            self._admit_session(call)
        await self.app(scope, receive, send)

    def _admit(self, call: Call, credential: Credential, rule: Rule) -> None:
        call.world = credential.world
        wait = self.limits.hit(call.operation, credential.world) if self.limits is not None else None
        scope = rule.missing_scope(credential)
        if scope is not None:
            detail = f"This API key lacks the scope {scope}."
            raise Problem(403, detail, code="insufficient_scope")
        if wait is not None:
            raise too_many(wait)

    def _admit_session(self, call: Call) -> None:
        call.world = self.worlds.of_session(call.path[SESSION_TOKEN])
        if call.world is not None and self.limits is not None:
            wait = self.limits.hit(call.operation, call.world)
            if wait is not None:
                raise too_many(wait)

    def _credential(self, call: Call) -> Credential:
        credential = self.keyring.credential(call.headers.get(b"authorization", b""))
        if credential is None:
            raise Problem(401, INVALID_KEY, code="unauthorized", headers=CHALLENGE)
        return credential

    def _lever_world(self, call: Call) -> Any:
        header = call.headers.get(b"authorization")
        if header is None:
            return self.worlds.world("demo")
        world = self.keyring.lever_world(header)
        if world is None:
            detail = "No world has this key: use Authorization: Bearer sk_test_NAME, or no key for the world demo."
            raise Problem(401, detail, code="unauthorized", headers=CHALLENGE)
        return world


def too_many(wait: int) -> Problem:
    """A 429 that tells to come back in `wait` seconds."""
    detail = f"Rate limit exceeded; retry in {wait} s."
    return Problem(429, detail, code="rate_limited", headers={"Retry-After": str(wait)})
