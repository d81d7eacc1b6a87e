"""Which statement an answer breaks whose form is not that of openapi.yaml, by Schemathesis's validation of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from postfuze_contracts.checks.generated.cases import operation
from postfuze_contracts.checks.metrics.snapshots import field_mismatches
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.instants import instant
from postfuze_contracts.model.operations import CREATE_AUTH_URL, GET, HEALTH, LIST, METRICS, PENDING, SERVICE_HEALTH

if TYPE_CHECKING:
    from schemathesis import Response

_ACCOUNTS = (LIST, GET)
_TIMES = ("token_expires_at", "last_synced_at", "created_at", "updated_at", "captured_at", "checked_at", "time")
#: What the form of a whole answer is stated by.
FORMS = {
    SERVICE_HEALTH: "service.health",
    PENDING: "connect.pages-fields",
    HEALTH: "health.fields",
    CREATE_AUTH_URL: "auth-url.url",
}


class Mismatch(NamedTuple):
    """Where an answer's form breaks `statement`."""

    statement: str
    expected: str
    got: str


def mismatches(exchange: Exchange) -> Iterator[Mismatch]:
    """What the documentation states of an answer of 200 and is not so. Of what openapi.yaml adds to it (formats of
    ids and URLs, lowest numbers) nothing is said."""
    if exchange.operation == METRICS:
        yield from _metrics_mismatches(exchange)
        return
    from schemathesis.core.failures import FailureGroup
    from schemathesis.openapi.checks import JsonSchemaError

    try:
        # A body that is valid JSON is judged as such: no media type of success is documented.
        headers = {"content-type": "application/json"}
        response = as_response(exchange.status, headers, exchange.response.body)
        operation(exchange.operation).validate_response(response)
    except (FailureGroup, JsonSchemaError) as error:
        for failure in error.exceptions if isinstance(error, FailureGroup) else (error,):
            if isinstance(failure, JsonSchemaError):
                yield from _mismatch(exchange, failure)


def _mismatch(exchange: Exchange, failure: Any) -> Iterator[Mismatch]:
    path, rule = [str(part) for part in failure.instance_path], str(failure.schema_path[-1])
    name = next((part for part in reversed(path) if not part.isdigit()), "")
    value = failure.instance
    # What may be null is a choice of schemas, which a text fails by its format alone.
    is_format = rule == "format" or (rule in ("anyOf", "oneOf") and isinstance(value, str))
    if is_format and (name not in _TIMES or instant(value) is not None):
        return
    if not is_format and rule not in ("type", "required", "enum", "anyOf", "oneOf"):
        return
    if statement := _statement(exchange, path, name, value):
        where = "/".join(path) or "the answer"
        lacks = f" is no such thing: {failure.validation_message:.80}" if rule == "required" else f" is {value!r:.60}"
        yield Mismatch(statement, "the documented form", where + lacks)


def _metrics_mismatches(exchange: Exchange) -> Iterator[Mismatch]:
    """Metrics are a choice of three forms, by which Schemathesis can only say that none of them fits."""
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
    """Which statement an answer of metrics is an instance of, by its form."""
    if isinstance(exchange.member("data"), list):
        return "metrics.series-fields"
    # Which of the forms was meant by what is neither is for those to say who look at the account's snapshots.
    return "metrics.value-fields" if instant(exchange.member("captured_at")) is not None else None


def as_response(status: int, headers: Mapping[str, str], body: bytes) -> Response:
    """An answer as Schemathesis sees it."""
    from requests import Request
    from schemathesis import Response

    prepared = Request("GET", "http://target.invalid/").prepare()
    lists = {name: [value] for name, value in headers.items()}
    return Response(status, lists, body, prepared, 0.0, verify=True)
