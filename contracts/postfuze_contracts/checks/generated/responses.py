"""Judges the response to any request by the statements of its operation."""

from __future__ import annotations

from collections.abc import Mapping

from postfuze_contracts.checks.errors import problem_documents
from postfuze_contracts.checks.errors.bad_input import is_well_formed
from postfuze_contracts.checks.errors.media_types import MEDIA_TYPE, observe_media_type
from postfuze_contracts.checks.generated.shapes import FORMS, mismatches, statement_of_metrics
from postfuze_contracts.checks.list.filtering import BY_NAME, FILTERS
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.instants import instant
from postfuze_contracts.model.operations import GET, HEALTH, LIST, METRICS, MISSING_ID, MISSING_SESSION, SERVICE_HEALTH
from postfuze_contracts.target.deployed import ANSWERED
from postfuze_contracts.target.guard import aimed_at_nothing
from postfuze_mock import spec

_STATEMENTS = frozenset(each.id for each in spec.statements())
_FILTERS = {each.name: each.statement for each in FILTERS} | {"networkUniqueId": "list.filter-alias"}
_ACCOUNTS = (LIST, GET)
_ERRORS = frozenset(problem_documents.ALL)
_ACCOUNT = frozenset({"account.fields", "account.nulls", "account.platform", "account.status", "account.timestamps"})
_OWN = {
    LIST: {*_ACCOUNT, *_FILTERS.values(), "list.envelope", "list.default-25", "list.limit-100"},
    GET: {*_ACCOUNT, "get.by-id"},
    METRICS: {"metrics.value-fields", "metrics.series-fields", "metrics.series-switch"},
}

_STATEMENTS = frozenset(each.id for each in spec.statements())


def statements(operation: str) -> frozenset[str]:
    """The statements by which `judge_exchange` judges this operation."""
    errors = _ERRORS if operation != SERVICE_HEALTH else frozenset[str]()
    form = frozenset({FORMS[operation]}) if operation in FORMS and operation != HEALTH else frozenset[str]()
    missing = _missing(operation)
    return errors | form | _OWN.get(operation, frozenset()) | ({missing} if missing else frozenset())


def _missing(operation: str) -> str | None:
    """The statement that refuses a call whose target does not exist. Where that is an assumption, no call is judged."""
    missing = spec.operations()[operation].effect.missing
    return missing if missing in _STATEMENTS else None


def assumptions(operation: str) -> frozenset[str]:
    """The assumptions that `judge_exchange` observes at this operation."""
    errors = frozenset[str]() if operation == SERVICE_HEALTH else frozenset({problem_documents.NO_SERVER_ERROR})
    return errors | {MEDIA_TYPE}


def judge_exchange(judge: Judge, exchange: Exchange) -> None:
    """Judge an exchange by the statements of its operation."""
    if exchange.operation != SERVICE_HEALTH:
        problem_documents.observe_server_error(judge, exchange)
        if exchange.status < 500:
            problem_documents.judge_problem(judge, exchange, well_formed=_is_well_formed(exchange))
        _judge_missing(judge, exchange)
    if exchange.status == 200:
        observe_media_type(judge, exchange)
        _judge_form(judge, exchange)
        if exchange.operation == LIST:
            _judge_page(judge, exchange)
        elif exchange.operation == GET:
            id, got = exchange.request.path.rpartition("/")[2], exchange.member("id")
            # A deployment may accept other spellings of an id, which are percent-encoded here.
            holds = "%" in id or (isinstance(got, str) and got.lower() == id.lower())
            judge.expect("get.by-id", holds, f"the account {id}", exchange, got=f"id: {got!r:.60}")
        elif exchange.operation == METRICS and _has_bound(exchange):
            is_value = exchange.member("captured_at") is not None and not isinstance(exchange.member("data"), list)
            judge.expect("metrics.series-switch", not is_value, "a series: a bound was sent", exchange, got="a value")


def _has_bound(exchange: Exchange) -> bool:
    """Whether the request had a bound that is a time. The effect of any other bound is an assumption."""
    bounds = [value for name, value in exchange.request.query if name in ("since", "until")]
    return any(
        instant(value) is not None or (value.isascii() and value.isdigit() and len(value) < 12) for value in bounds
    )


def _refusal(operation: str) -> str | None:
    """The statement that requires a refusal for what does not exist. Where an assumption is about that, there is
    none."""
    missing = spec.operations()[operation].effect.missing
    return missing if missing in _STATEMENTS else None


def _judge_missing(judge: Judge, exchange: Exchange) -> None:
    """Judge that a request for what does not exist is refused. Which status a bad request gets is an assumption."""
    statement, path = _missing(exchange.operation), exchange.request.path
    if statement and (MISSING_ID in path or MISSING_SESSION in path):
        judge.expect(statement, exchange.status >= 400, "404: it does not exist", exchange, got=describe(exchange))


def _judge_form(judge: Judge, exchange: Exchange) -> None:
    if aimed_at_nothing(spec.operations()[exchange.operation]):
        return
    if not exchange.response.is_json:
        _judge_unreadable(judge, exchange)
        return
    broken = {mismatch.statement: mismatch for mismatch in mismatches(exchange)}
    for statement in _forms(exchange) - broken.keys():
        judge.expect(statement, True, "the documented form", exchange)
    for statement, mismatch in broken.items():
        judge.expect(statement, False, mismatch.expected, exchange, got=mismatch.got)


def _judge_unreadable(judge: Judge, exchange: Exchange) -> None:
    """Judge an unreadable body. One that does not claim to be JSON, such as a page, shows nothing."""
    statement = ANSWERED.get(exchange.operation)
    if exchange.response.defect is not None and statement is not None:
        judge.expect(statement, False, "JSON that can be read", exchange)


def _forms(exchange: Exchange) -> frozenset[str]:
    """The statements on the form of this response."""
    if exchange.operation in _ACCOUNTS:
        accounts = survey.rows(exchange) if exchange.operation == LIST else [exchange.json]
        return (_ACCOUNT if accounts else frozenset()) | ({"list.envelope"} if exchange.operation == LIST else set())
    form = statement_of_metrics(exchange) if exchange.operation == METRICS else FORMS.get(exchange.operation)
    return frozenset({form} if form else ())


def _judge_page(judge: Judge, exchange: Exchange) -> None:
    query = exchange.request.query
    parameters = {name: value for name, value in query if [other for other, _ in query].count(name) == 1}
    if len(parameters) != len(query):
        return  # see the assumption parameters.repeated
    data = exchange.member("data")
    size, limit = len(data) if isinstance(data, list) else 0, parameters.get("limit")
    if limit is None:
        judge.expect("list.default-25", size <= 25, "at most 25 accounts", exchange, got=f"{size}")
    elif limit.isascii() and limit.isdigit() and 1 <= len(limit) <= 3 and 1 <= int(limit) <= 100:
        judge.expect("list.limit-100", size <= int(limit), f"at most {int(limit)} accounts", exchange, got=f"{size}")
    else:
        judge.expect("list.limit-100", size <= 100, "at most 100 accounts", exchange, got=f"{size}")
    _judge_filters(judge, exchange, parameters)


def _judge_filters(judge: Judge, exchange: Exchange, parameters: Mapping[str, str]) -> None:
    for name, statement in _FILTERS.items():
        expected = parameters.get(name, "")
        if not _is_plain(name, expected):
            continue  # the effect of an impossible value is an assumption
        field = "network_unique_id" if name == "networkUniqueId" else name
        wrong = [row.get(field) for row in survey.rows(exchange) if not BY_NAME[field].may_show(row, expected)]
        judge.expect(statement, not wrong, f"only {field} {expected!r:.60}", exchange, got=f"{wrong[:1]!r:.80}")


def _is_plain(name: str, value: str) -> bool:
    if name == "platform":
        return value in survey.PLATFORMS
    return bool(value.strip()) and value.isprintable() and (name != "id" or len(value) == len(MISSING_ID))


def _is_well_formed(exchange: Exchange) -> bool:
    request = exchange.request
    parts = [part for pair in request.query for part in pair]
    return all(map(is_well_formed, parts)) and "%" not in request.path and len(request.body or b"") < 1000
