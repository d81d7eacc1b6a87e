"""Authenticates calls by their API key or the session token in the path, and checks scopes and rate limits.

Connexion builds a request object and walks generic schemes on each call; this looks the header up in a table.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from hmac import compare_digest
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from postfuze_mock.domain.keys import ALL_SCOPES
from postfuze_mock.http.call import Call, call_of
from postfuze_mock.http.endpoints import Endpoint
from postfuze_mock.http.stack import Stage
from postfuze_mock.http.transactions import Outdated, Transactions
from postfuze_mock.http.validation import body
from postfuze_mock.problems import ENGINE_UNAVAILABLE, Problem, too_many, unauthorized
from postfuze_mock.worlds.keyring import Credential, Keyring
from postfuze_mock.worlds.origins import DEMO
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import World

SESSION_TOKEN = "sessionToken"
CONTROL_TOKEN = "controlToken"
TOKEN_HEADER = "X-Mock-Control-Token"


class Full(NamedTuple):
    """A bucket that accepts no more calls for `wait` seconds. `limits.` and its id are the id of its statement."""

    wait: int
    bucket: str

    def problem(self) -> Problem:
        """The 429 of a call that exceeds this bucket."""
        return too_many(self.wait, rule=f"limits.{self.bucket}")


class Limits:
    """The rate limits (`x-rate-limits` of openapi.yaml): counts each call in every bucket of its world that it belongs
    to."""

    def __init__(self, buckets: Sequence[dict[str, Any]]) -> None:
        self.buckets = buckets
        self.by_operation: dict[str, list[str]] = {}
        self.unkeyed: set[str] = set()

    def compile(self, endpoint: Endpoint, keyed: bool) -> None:
        """Find the buckets that `endpoint` belongs to."""
        self.by_operation[endpoint.id] = [each["id"] for each in self.buckets if _counts(each, endpoint, keyed)]
        if not keyed:
            self.unkeyed.add(endpoint.id)

    def hit(self, operation: str, world: World) -> Full | None:
        """Count a call of `operation`. Returns the full bucket with the longest wait, or None if the call may pass."""
        if operation in self.unkeyed and world.choices.limits_unkeyed_finalize == "uncounted":
            return None
        now = world.clock.now()
        waits = [(world.buckets.hit(name, now), name) for name in self.by_operation[operation]]
        return max((Full(wait, name) for wait, name in waits if wait is not None), default=None)


def _counts(bucket: dict[str, Any], endpoint: Endpoint, keyed: bool) -> bool:
    if bucket.get("scope") == "keyed":
        return keyed
    return endpoint.method in bucket["methods"] and endpoint.path.startswith(bucket["path_prefix"])


class Requirement(NamedTuple):
    """What an operation requires of its caller. `key` is "required", "optional" (the control API: no key means `demo`)
    or "none"; `scope` is always required, unless `scope_under` replaces it: its `scope` applies where its `assumption`
    is decided as `choice`; `guarded` requires the control token, if the server has one."""

    key: str
    scope: str | None
    scope_under: Mapping[str, str] | None
    by_session: bool
    guarded: bool

    def check_scope(self, credential: Credential, world: World) -> None:
        """Raises a 403 problem if `credential`, a key of `world`, lacks the scope that the operation requires."""
        scope, under, rule = self.scope, self.scope_under, "auth.write-scopes"
        if under is not None and world.choices.by_id()[under["assumption"]] == under["choice"]:
            scope, rule = under["scope"], under["assumption"]
        if scope is not None and not credential.scopes & {scope, *ALL_SCOPES}:
            raise Problem(403, f"This API key lacks the scope {scope}.", rule=rule, code="insufficient_scope")


class SecurityStage(Stage):
    """Sets the call's world, or refuses with 401, 403, 429 (in this order). A call that has a key without needing one
    belongs to that key's world, if the world exists."""

    def __init__(
        self, app: ASGIApp, *, worlds: Worlds, keyring: Keyring, limits: Limits | None, token: bytes | None
    ) -> None:
        super().__init__(app)
        self.token = token
        self.worlds = worlds
        self.keyring = keyring
        self.limits = limits
        self.transactions = Transactions(worlds)
        self.requirements: dict[str, Requirement] = {}

    def compile(self, endpoint: Endpoint) -> None:
        key = "none"
        if endpoint.security:
            key = "optional" if {} in endpoint.security else "required"
        by_session = any(parameter["name"] == SESSION_TOKEN for parameter in endpoint.parameters("path"))
        scope, scope_under = (endpoint.document.get(f"x-required-scope{under}") for under in ("", "-under"))
        guarded = any(CONTROL_TOKEN in scheme for scheme in endpoint.security)
        self.requirements[endpoint.id] = Requirement(key, scope, scope_under, by_session, guarded)
        if self.limits is not None and key != "optional":
            self.limits.compile(endpoint, key == "required")

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        call = call_of(scope)
        requirement = self.requirements[call.operation]
        if requirement.guarded and self.token is not None:
            check_token(call.headers.get(TOKEN_HEADER.lower().encode()), self.token)
        if self.transactions.are_needed:
            return self._transact(call, requirement, scope, receive, send)
        self._find_world(call, requirement)
        return self.app(scope, receive, send)

    async def _transact(self, call: Call, requirement: Requirement, scope: Scope, receive: Receive, send: Send) -> None:
        if self._foresees(call, requirement, scope):
            try:
                await self.app(scope, receive, send)
            except Outdated:
                pass
            except Problem as problem:
                if call.seen is None or problem.code == ENGINE_UNAVAILABLE:  # nor would the engine answer now
                    raise
            else:
                return
        call.world = call.seen = None
        counts = self.limits is not None and requirement.key != "optional"
        await self.transactions.run(call, partial(self._find_world, call, requirement), write=counts)
        await self.app(scope, receive, send)

    def _foresees(self, call: Call, requirement: Requirement, scope: Scope) -> bool:
        """Whether the call may go on with its world from memory. It must be repeatable, so one with a body may not."""
        if self.limits is not None or requirement.key != "required" or scope["method"] != "GET":
            return False
        if body.is_present(call.headers):
            return False
        credential = self._credential(call)
        call.world = world = self.transactions.foresee(call, credential.world)
        if world is None:
            return False
        with suppress(Problem):  # which may be different by now
            requirement.check_scope(credential, world)
            return True
        return False

    def _find_world(self, call: Call, requirement: Requirement) -> None:
        if requirement.key == "required":
            self._admit(call, self._credential(call), requirement)
        elif requirement.key == "optional":
            call.world = self._control_world(call)
        elif requirement.by_session:
            self._admit_session(call)
        else:
            call.world = self.keyring.existing_world(call.headers.get(b"authorization", b""))

    def _admit(self, call: Call, credential: Credential, requirement: Requirement) -> None:
        world = call.world = self.worlds.use(credential.world)
        full = self.limits.hit(call.operation, world) if self.limits is not None else None
        requirement.check_scope(credential, world)
        if full is not None:
            raise full.problem()

    def _admit_session(self, call: Call) -> None:
        call.world = self.worlds.of_session(call.path[SESSION_TOKEN])
        if call.world is not None and self.limits is not None:
            full = self.limits.hit(call.operation, call.world)
            if full is not None:
                raise full.problem()

    def _credential(self, call: Call) -> Credential:
        header = call.headers.get(b"authorization", b"")
        credential = self.keyring.credential(header)
        if credential is None:
            raise unauthorized(rule=self.keyring.refusal(header))
        return credential

    def _control_world(self, call: Call) -> World:
        header = call.headers.get(b"authorization")
        if header is None:
            return self.worlds.world(DEMO)
        world = self.keyring.control_world(header)
        if world is None:
            strict = "one of the world file, because of --strict-keys"
            example = strict if self.keyring.strict else "Authorization: Bearer sk_test_NAME"
            detail = f"No world has this key: use {example}, or no key for the world demo."
            raise unauthorized(rule=self.keyring.refusal(header), detail=detail)
        return world


def check_token(value: bytes | None, token: bytes) -> None:
    """Raises a 401 problem if the control token is missing, 403 if it is wrong. The comparison takes constant time."""
    if value is None:
        detail = f"The control API of this server requires its token: send it as {TOKEN_HEADER}."
        challenge = {"WWW-Authenticate": f'Token realm="control", header="{TOKEN_HEADER}"'}
        raise Problem(401, detail, rule="control.token", code="control_token_missing", headers=challenge)
    if not compare_digest(value, token):
        detail = f"{TOKEN_HEADER} is not the token of this server."
        raise Problem(403, detail, rule="control.token", code="control_token_wrong")
