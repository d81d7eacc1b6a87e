"""Refuses requests as a world assumes: problem documents without `errors`, other organizations' accounts with 403,
sessions that never existed with another status than 404."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial

from starlette.types import ASGIApp, Receive, Scope, Send

from postfuze_mock.domain.choices import Choices
from postfuze_mock.http.call import Call, call_of
from postfuze_mock.http.endpoints import Endpoint
from postfuze_mock.http.stack import Stage
from postfuze_mock.http.transactions import Transactions
from postfuze_mock.problems import Problem, unauthorized
from postfuze_mock.worlds.registry import Worlds

_FINALIZE = "finalizeConnection"


class AssumedProblems(Stage):
    """Changes the problems of the API's operations where their world decides `errors.listed`, `isolation.status` or
    `finalize.unknown-session` differently from openapi.yaml; for a call without a world, the server decides. Elsewhere
    it is not there: the next stage's awaitable is returned."""

    def __init__(self, app: ASGIApp, *, worlds: Worlds) -> None:
        super().__init__(app)
        self.worlds = worlds
        self.transactions = Transactions(worlds)
        self.operations: set[str] = set()

    def compile(self, endpoint: Endpoint) -> None:
        if "x-effect" in endpoint.document:  # the control API's problems stay as they are
            self.operations.add(endpoint.id)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        call = call_of(scope)
        choices = self.worlds.choices if call.world is None else call.world.choices
        if (
            choices.errors_listed == "always"
            and choices.isolation_status == "404"
            and (call.world is not None or choices.finalize_unknown_session == "404")
        ):
            return self.app(scope, receive, send)
        return self._changed(call, choices, scope, receive, send)

    async def _changed(self, call: Call, choices: Choices, scope: Scope, receive: Receive, send: Send) -> None:
        if call.operation not in self.operations:
            return await self.app(scope, receive, send)
        # Before the call, because another choice may acknowledge the deletion of an unknown account.
        if call.world is not None and choices.isolation_status == "403" and await self._is_foreign(call):
            raise Problem(403, "This account belongs to another organization.", rule="isolation.status")
        try:
            await self.app(scope, receive, send)
        except Problem as problem:
            if call.world is None and call.operation == _FINALIZE and problem.status == 404:
                raise _without_session(problem, int(choices.finalize_unknown_session)) from problem
            if problem.errors is None or choices.errors_listed == "always":
                raise
            status, detail, rule = problem.status, problem.detail, problem.rule
            raise Problem(status, detail, rule=rule, code=problem.code, headers=problem.headers) from problem

    async def _is_foreign(self, call: Call) -> bool:
        return await self.transactions.run(call, partial(self._names_foreign, call))

    def _names_foreign(self, call: Call) -> bool:
        """Whether the path names an account of another world, and none of this one."""
        world = call.world
        if world is None:
            return False
        id = call.path.get("id", "").lower()
        return world.store.get(id) is None and self.worlds.holder_of_account(id) not in (None, world.name)


def _without_session(problem: Problem, status: int) -> Problem:
    """The problem of finalizing a session that no world has, where `problem` is the one with 404."""
    rule = "finalize.unknown-session"
    if status == 404:
        return problem
    if status == 401:
        return unauthorized(rule=rule, detail=str(problem.detail))
    return Problem(status, problem.detail, rule=rule)
