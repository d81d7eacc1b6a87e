"""Refuses requests as a world assumes: problem documents without `errors`, other organizations' accounts with 403,
sessions that never existed with another status than 404."""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.types import ASGIApp, Receive, Scope, Send

from postfuze_mock.http.call import Call, call_of
from postfuze_mock.http.connexion_stack import Endpoint, Stage
from postfuze_mock.problems import Problem, unauthorized
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import World

_FINALIZE = "finalizeConnection"


class AssumedProblems(Stage):
    """Changes the problems of the API's operations where their world decides `errors.listed` or `isolation.status`, or
    the server `finalize.unknown-session`, differently from openapi.yaml. Elsewhere it is not there: the next stage's
    awaitable is returned."""

    def __init__(self, app: ASGIApp, *, worlds: Worlds) -> None:
        super().__init__(app)
        self.worlds = worlds
        self.operations: set[str] = set()

    def compile(self, endpoint: Endpoint) -> None:
        if "x-effect" in endpoint.document:  # the control API's problems stay as they are
            self.operations.add(endpoint.id)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        call = call_of(scope)
        if call.world is None:
            if call.operation != _FINALIZE or self.worlds.choices.finalize_unknown_session == "404":
                return self.app(scope, receive, send)
            return self._without_session(scope, receive, send)
        choices = call.world.choices
        if choices.errors_listed == "always" and choices.isolation_status == "404":
            return self.app(scope, receive, send)
        return self._changed(call, scope, receive, send)

    async def _without_session(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Finalize a session that no world has."""
        try:
            await self.app(scope, receive, send)
        except Problem as problem:
            if problem.status != 404:
                raise
            status, rule = int(self.worlds.choices.finalize_unknown_session), "finalize.unknown-session"
            if status == 401:
                raise unauthorized(rule=rule, detail=str(problem.detail)) from problem
            raise Problem(status, problem.detail, rule=rule) from problem

    async def _changed(self, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        world = call.world
        if call.operation not in self.operations or world is None:
            return await self.app(scope, receive, send)
        # Before the call, because another choice may acknowledge the deletion of an unknown account.
        if world.choices.isolation_status == "403" and self._is_foreign(call, world):
            raise Problem(403, "This account belongs to another organization.", rule="isolation.status")
        try:
            await self.app(scope, receive, send)
        except Problem as problem:
            if problem.errors is None or world.choices.errors_listed == "always":
                raise
            status, detail, rule = problem.status, problem.detail, problem.rule
            raise Problem(status, detail, rule=rule, code=problem.code, headers=problem.headers) from problem

    def _is_foreign(self, call: Call, world: World) -> bool:
        """Whether the path names an account of another world, and none of this one."""
        id = call.path.get("id", "").lower()
        rows = (other.store.get(id) for other in self.worlds if other is not world)
        return world.store.get(id) is None and any(row is not None and not row.deleted for row in rows)
