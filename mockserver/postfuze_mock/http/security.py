"""Who calls: the API key (or the session token in the path) becomes a world; a missing scope is 403.

Connexion builds a request object and walks generic schemes on each call; ours looks the header up in a table.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from hmac import compare_digest
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from postfuze_mock.domain.keys import ALL_SCOPES
from postfuze_mock.http.call import Call, call_of
from postfuze_mock.http.connexion_stack import Operation, Stage
from postfuze_mock.http.limits import Limits
from postfuze_mock.problems import Problem, too_many, unauthorized
from postfuze_mock.worlds.keyring import Credential, Keyring
from postfuze_mock.worlds.registry import Worlds

BEARER = "bearer"
SESSION_TOKEN = "sessionToken"
CONTROL_TOKEN = "controlToken"
TOKEN_HEADER = "X-Mock-Control-Token"


class Rule(NamedTuple):
    """What an operation asks for. `keyed`: "required", "optional" (a lever: no key means `demo`) or "never"; `scope`
    always, that of `scope_under` only where its `assumption` is decided as `choice`; the levers' token where it is
    `guarded` and the server has one."""

    keyed: str
    scope: str | None
    scope_under: Mapping[str, str] | None
    by_session: bool
    guarded: bool

    def check_scope(self, credential: Credential) -> None:
        """Raises a 403 problem where `credential` lacks the scope that this operation needs."""
        scope, under, rule = self.scope, self.scope_under, "auth.write-scopes"
        if under is not None and credential.world.choices.by_id()[under["assumption"]] == under["choice"]:
            scope, rule = under["scope"], under["assumption"]
        if scope is not None and not credential.scopes & {scope, *ALL_SCOPES}:
            raise Problem(403, f"This API key lacks the scope {scope}.", rule=rule, code="insufficient_scope")


class SecurityStage(Stage):
    """Sets the call's world, or refuses with 401, 403, 429 (in this order). A call that needs no key and has one
    belongs to its world, where that stands."""

    def __init__(
        self, app: ASGIApp, *, worlds: Worlds, keyring: Keyring, limits: Limits | None, token: bytes | None
    ) -> None:
        super().__init__(app)
        self.token = token
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
        guarded = any(CONTROL_TOKEN in requirement for requirement in operation.security)
        self.rules[operation.id] = Rule(keyed, scope, scope_under, by_session, guarded)
        if self.limits is not None and keyed != "optional":
            self.limits.compile(operation, keyed == "required")

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        call = call_of(scope)
        rule = self.rules[call.operation]
        if rule.guarded and self.token is not None:
            check_token(call.headers.get(TOKEN_HEADER.lower().encode()), self.token)
        if rule.keyed == "required":
            self._admit(call, self._credential(call), rule)
        elif rule.keyed == "optional":
            call.world = self._lever_world(call)
        elif rule.by_session:
            self._admit_session(call)
        else:
            call.world = self.keyring.standing_world(call.headers.get(b"authorization", b""))
        return self.app(scope, receive, send)

    def _admit(self, call: Call, credential: Credential, rule: Rule) -> None:
        call.world = credential.world
        full = self.limits.hit(call.operation, credential.world) if self.limits is not None else None
        rule.check_scope(credential)
        if full is not None:
            raise too_many(full.wait, rule=f"limits.{full.bucket}")

    def _admit_session(self, call: Call) -> None:
        call.world = self.worlds.of_session(call.path[SESSION_TOKEN])
        if call.world is not None and self.limits is not None:
            full = self.limits.hit(call.operation, call.world)
            if full is not None:
                raise too_many(full.wait, rule=f"limits.{full.bucket}")

    def _credential(self, call: Call) -> Credential:
        header = call.headers.get(b"authorization", b"")
        credential = self.keyring.credential(header)
        if credential is None:
            raise unauthorized(rule=self.keyring.refusal(header))
        return credential

    def _lever_world(self, call: Call) -> Any:
        header = call.headers.get(b"authorization")
        if header is None:
            return self.worlds.world("demo")
        world = self.keyring.lever_world(header)
        if world is None:
            detail = "No world has this key: use Authorization: Bearer sk_test_NAME, or no key for the world demo."
            raise unauthorized(rule=self.keyring.refusal(header), detail=detail)
        return world


def check_token(sent: bytes | None, token: bytes) -> None:
    """Raises 401 where the levers' token is missing, 403 where it is another; how alike they are does not show in the
    time that it takes."""
    if sent is None:
        detail = f"The levers of this server ask for their token: send it as {TOKEN_HEADER}."
        challenge = {"WWW-Authenticate": f'Token realm="levers", header="{TOKEN_HEADER}"'}
        raise Problem(401, detail, rule="levers.token", code="control_token_missing", headers=challenge)
    if not compare_digest(sent, token):
        raise Problem(
            403, f"{TOKEN_HEADER} is not the token of this server.", rule="levers.token", code="control_token_wrong"
        )
