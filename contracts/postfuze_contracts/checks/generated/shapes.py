"""Maps the schema errors of a response, as Schemathesis finds them, to the statements that they break."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from postfuze_contracts.checks.metrics.snapshots import field_mismatches
from postfuze_contracts.engine.documented import violations
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.instants import instant
from postfuze_contracts.model.operations import CREATE_AUTH_URL, GET, HEALTH, LIST, METRICS, PENDING, SERVICE_HEALTH

_ACCOUNTS = (LIST, GET)
_TIMES = ("token_expires_at", "last_synced_at", "created_at", "updated_at", "captured_at", "checked_at", "time")
#: The statement of the form of a whole response, by operation.
FORMS = {
    SERVICE_HEALTH: "service.health",
    PENDING: "connect.pages-fields",
    HEALTH: "health.fields",
    CREATE_AUTH_URL: "auth-url.url",
}


class Mismatch(NamedTuple):
    """Where the form of a response breaks `statement`."""

    statement: str
    expected: str
    got: str


def mismatches(exchange: Exchange) -> Iterator[Mismatch]:
    """The mismatches of a 200 with its documented form. What openapi.yaml adds to the documentation (formats of ids and
    URLs, minimums) is not judged."""
    if exchange.operation == METRICS:
        yield from _metrics_mismatches(exchange)
        return
    for failure in violations(exchange, "application/json"):  # no media type of success is documented
        yield from _mismatch(exchange, failure)


def _mismatch(exchange: Exchange, failure: Any) -> Iterator[Mismatch]:
    path, rule = [str(part) for part in failure.instance_path], str(failure.schema_path[-1])
    name = next((part for part in reversed(path) if not part.isdigit()), "")
    value = failure.instance
    # A nullable schema is a choice of schemas, which a string fails only by its format.
    is_format = rule == "format" or (rule in ("anyOf", "oneOf") and isinstance(value, str))
    if is_format and (name not in _TIMES or instant(value) is not None):
        return
    if not is_format and rule not in ("type", "required", "enum", "anyOf", "oneOf"):
        return
    if statement := _statement(exchange, path, name, value):
        where = "/".join(path) or "the response"
        lacks = f" is no such thing: {failure.validation_message:.80}" if rule == "required" else f" is {value!r:.60}"
        yield Mismatch(statement, "the documented form", where + lacks)


def _metrics_mismatches(exchange: Exchange) -> Iterator[Mismatch]:
    """Mismatches of metrics. They have three forms, of which Schemathesis could only say that none fits."""
    account = {"id": exchange.request.path.split("/")[2]}
    forms = {"metrics.value-fields": [exchange.json], "metrics.series-fields": exchange.member("data")}
    statement = statement_of_metrics(exchange)
    for value in forms[statement] if statement else ():
        if texts := field_mismatches(value, account):
            yield Mismatch(str(statement), "the documented fields", "; ".join(texts))


def _statement(exchange: Exchange, path: list[str], name: str, value: object) -> str | None:
    if exchange.operation not in _ACCOUNTS:
        return FORMS.get(exchange.operation)
    if exchange.operation == LIST and (len(path) < 2 or name in ("data", "next_cursor")):
        return "list.envelope" if len(path) < 2 else "account.fields"
    if name and value is None:
        return "account.nulls"
    by_field = {"platform": "account.platform", "status": "account.status"}
    return by_field.get(name) or ("account.timestamps" if name in _TIMES else "account.fields")


def statement_of_metrics(exchange: Exchange) -> str | None:
    """The statement on the form of a response of metrics."""
    if isinstance(exchange.member("data"), list):
        return "metrics.series-fields"
    # The checks of snapshots judge all other forms.
    return "metrics.value-fields" if instant(exchange.member("captured_at")) is not None else None
