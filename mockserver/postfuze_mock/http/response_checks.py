"""`--validate-responses`: replaces a response that violates the specification by a 500 that says why."""

from __future__ import annotations

import logging

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postfuze_fixtures.schema_errors import Schema
from postfuze_mock.http.call import call_of
from postfuze_mock.http.endpoints import Endpoint
from postfuze_mock.http.stack import Stage
from postfuze_mock.http.validation.body import JSON
from postfuze_mock.problems import Problem

logger = logging.getLogger(__name__)


class ResponseCheckStage(Stage):
    """Buffers each successful response and checks it against the schema that the specification declares for its
    status."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self.schemas: dict[tuple[str, int], Schema | None] = {}

    def compile(self, endpoint: Endpoint) -> None:
        for status, response in endpoint.document["responses"].items():
            if status.startswith("2"):
                schema = response.get("content", {}).get(JSON, {}).get("schema")
                self.schemas[endpoint.id, int(status)] = None if schema is None else Schema(schema)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        messages: list[Message] = []

        async def hold(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, hold)
        operation = call_of(scope).operation
        mismatch = self._mismatch(operation, messages[0]["status"], messages[1].get("body", b""))
        if mismatch:
            logger.error("%s would break its contract: %s", operation, mismatch)
            detail = f"The mock would break its own contract: {mismatch}."
            raise Problem(500, detail, rule="mock.contract-broken", code="contract_broken")
        for message in messages:
            await send(message)

    def _mismatch(self, operation: str, status: int, body: bytes) -> str | None:
        if (operation, status) not in self.schemas:
            return f"status {status} is not declared"
        schema = self.schemas[operation, status]
        if schema is None:
            return "a body was not declared" if body else None
        violations = schema.violations(orjson.loads(body))
        return "; ".join(f"{each.pointer or 'the body'} {each.message}" for each in violations) or None
