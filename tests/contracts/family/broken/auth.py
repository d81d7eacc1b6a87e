"""Keys that break what the document states of them."""

from __future__ import annotations

from collections.abc import Callable

from tests.contracts.family.mock import NAME, Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Answer, Call, answer

from postfuze_mock.problems import Problem
from postfuze_mock.worlds.accounts import missing

LIST, GET, METRICS = "listSocialAccounts", "getSocialAccount", "getSocialAccountMetrics"
HEALTH, DELETE = "getSocialAccountHealth", "deleteSocialAccount"
FULL = f"sk_test_{NAME}"
FORBIDDEN = answer(403, Problem(403, "This API key may not do that.").document(), "application/problem+json")
Which = Callable[[Call], bool]


def _key(call: Call) -> str:
    return call.headers.get("authorization", "")


def none(call: Call) -> bool:
    return "authorization" not in call.headers


def malformed(call: Call) -> bool:
    return not none(call) and not _key(call).startswith("Bearer sk_")


def ending(suffix: str) -> Which:
    return lambda call: _key(call).endswith(suffix)


def _accepting(mock: Mock, operation: str, which: Which) -> None:
    """Take such keys for the full one."""
    mock.calls(operation, lambda call: call.keyed(FULL) if which(call) else call)


def _refusing(mock: Mock, which: Which, change: Callable[[Answer], Answer]) -> None:
    mock.answers("*", lambda call, said: change(said) if said.status == 401 and which(call) else said)


def _instead(status: int) -> Callable[[Answer], Answer]:
    return lambda said: said.but({**said.json, **Problem(status, said.json["detail"]).document()}, status)


def _detail(text: str | None) -> Callable[[Answer], Answer]:
    return lambda said: said.but({**said.json, "detail": text})


@broken("auth.missing", "metrics can be read without a key")
def metrics_are_public(mock: Mock) -> None:
    _accepting(mock, METRICS, none)


@broken("auth.missing", "accounts are listed without a key")
def list_is_public(mock: Mock) -> None:
    _accepting(mock, LIST, none)


@broken("auth.missing", "accounts can be disconnected without a key")
def delete_is_public(mock: Mock) -> None:
    _accepting(mock, DELETE, none)


@broken("auth.missing", "without a key, the answer is 403")
def missing_is_403(mock: Mock) -> None:
    _refusing(mock, none, _instead(403))


@broken("auth.missing", "without a key, the detail says something else")
def missing_in_other_words(mock: Mock) -> None:
    _refusing(mock, none, _detail("Authentication required."))


@broken("auth.malformed", "a key of another scheme is accepted")
def any_scheme(mock: Mock) -> None:
    def change(call: Call) -> Call:
        scheme, _, key = _key(call).partition(" ")
        return call.keyed(key) if key.startswith("sk_") and scheme != "Bearer" else call

    mock.calls("*", change)


@broken("auth.malformed", "a key without its scheme is accepted")
def no_scheme(mock: Mock) -> None:
    mock.calls("*", lambda call: call.keyed(_key(call)) if _key(call).startswith("sk_") else call)


@broken("auth.malformed", "the scheme may be in small letters")
def small_letters(mock: Mock) -> None:
    mock.calls("*", lambda call: call.keyed(_key(call)[7:]) if _key(call).startswith("bearer sk_") else call)


@broken("auth.missing", "without a key, the answer of 401 is empty")
def missing_is_empty(mock: Mock) -> None:
    _refusing(mock, none, lambda _: Answer(401, {"content-type": "text/plain"}, b""))


@broken("auth.revoked", "a revoked key still starts connect flows")
def revoked_starts(mock: Mock) -> None:
    _accepting(mock, "createAuthUrl", ending("_revoked"))


@broken("auth.expired", "an expired key still checks health")
def expired_checks_health(mock: Mock) -> None:
    _accepting(mock, HEALTH, ending("_expired"))


@broken("auth.modes", "live keys read no metrics")
def live_reads_no_metrics(mock: Mock) -> None:
    mock.calls(METRICS, lambda call: call.keyed("none") if _key(call).startswith("Bearer sk_live_") else call)


@broken("auth.reads-need-no-scope", "a key without scopes cannot read a series")
def scope_for_series(mock: Mock) -> None:
    read_only = ending("_readonly")
    mock.answers(METRICS, lambda call, said: FORBIDDEN if call.query and read_only(call) else said)


@broken("auth.malformed", "a malformed key answers 400")
def malformed_is_400(mock: Mock) -> None:
    _refusing(mock, malformed, _instead(400))


@broken("auth.malformed", "with a malformed key, what is unknown answers 404: it was looked up")
def looked_up_first(mock: Mock) -> None:
    async def rule(call: Call) -> Answer:
        found = await call.keyed(FULL).answer() if malformed(call) else await call.answer()
        return found if found.status == 404 or not malformed(call) else await call.answer()

    for operation in (GET, METRICS):
        mock.rule(operation, rule)


@broken("auth.malformed", "any bearer token is accepted")
def any_token(mock: Mock) -> None:
    _accepting(mock, "*", lambda call: malformed(call) and _key(call).startswith("Bearer"))


@broken("auth.malformed", "the detail of a malformed key says something else")
def malformed_in_other_words(mock: Mock) -> None:
    _refusing(mock, malformed, _detail("Malformed Authorization header."))


@broken("auth.revoked", "a revoked key still reads metrics")
def revoked_reads_metrics(mock: Mock) -> None:
    _accepting(mock, METRICS, ending("_revoked"))


@broken("auth.revoked", "a revoked key still lists")
def revoked_lists(mock: Mock) -> None:
    _accepting(mock, LIST, ending("_revoked"))


@broken("auth.revoked", "a revoked key still disconnects")
def revoked_deletes(mock: Mock) -> None:
    _accepting(mock, DELETE, ending("_revoked"))


@broken("auth.revoked", "a revoked key answers 403")
def revoked_is_403(mock: Mock) -> None:
    _refusing(mock, ending("_revoked"), _instead(403))


@broken("auth.revoked", "the detail of a revoked key says that it was revoked")
def revoked_is_told(mock: Mock) -> None:
    _refusing(mock, ending("_revoked"), _detail("This API key was revoked."))


@broken("auth.expired", "an expired key still retrieves")
def expired_retrieves(mock: Mock) -> None:
    _accepting(mock, GET, ending("_expired"))


@broken("auth.expired", "an expired key still checks health")
def expired_checks(mock: Mock) -> None:
    _accepting(mock, HEALTH, ending("_expired"))


@broken("auth.expired", "an expired key answers 403")
def expired_is_403(mock: Mock) -> None:
    _refusing(mock, ending("_expired"), _instead(403))


@broken("auth.expired", "an expired key has no detail")
def expired_is_not_told(mock: Mock) -> None:
    _refusing(mock, ending("_expired"), _detail(None))


@broken("auth.modes", "live keys are refused")
def live_refused(mock: Mock) -> None:
    mock.calls("*", lambda call: call.keyed("none") if _key(call).startswith("Bearer sk_live_") else call)


def _read_only_refused(mock: Mock, operation: str) -> None:
    read_only = ending("_readonly")
    mock.answers(operation, lambda call, said: FORBIDDEN if read_only(call) and said.status == 200 else said)


@broken("auth.reads-need-no-scope", "a key without scopes cannot list")
def scope_to_list(mock: Mock) -> None:
    _read_only_refused(mock, LIST)


@broken("auth.reads-need-no-scope", "a key without scopes cannot read metrics")
def scope_for_metrics(mock: Mock) -> None:
    _read_only_refused(mock, METRICS)


@broken("auth.reads-need-no-scope", "a key without scopes cannot check health")
def scope_for_health(mock: Mock) -> None:
    _read_only_refused(mock, HEALTH)


@broken("auth.reads-need-no-scope", "a key without scopes lists active accounts only")
def active_only(mock: Mock) -> None:
    read_only = ending("_readonly")

    def change(call: Call, said: Answer) -> Answer:
        if said.status != 200 or not read_only(call):
            return said
        return said.but({**said.json, "data": [row for row in said.json["data"] if row["status"] == "active"]})

    mock.answers(LIST, change)


@broken("auth.reads-need-no-scope", "a key without scopes retrieves no disabled account")
def no_disabled(mock: Mock) -> None:
    read_only = ending("_readonly")
    gone = answer(404, missing().document(), "application/problem+json")

    def change(call: Call, said: Answer) -> Answer:
        return gone if said.status == 200 and read_only(call) and said.json["status"] == "disabled" else said

    mock.answers(GET, change)


@broken("auth.write-scopes", "a key with all scopes may not disconnect")
def nobody_may(mock: Mock) -> None:
    async def rule(call: Call) -> Answer:
        return FORBIDDEN if _key(call) == f"Bearer {FULL}" else await call.answer()

    mock.rule(DELETE, rule)


@broken("auth.revoked", "a revoked key still follows cursors")
def revoked_goes_on(mock: Mock) -> None:
    revoked = ending("_revoked")
    _accepting(mock, LIST, lambda call: revoked(call) and "cursor" in call.parameters)


@broken("auth.expired", "an expired key still reads series")
def expired_reads_series(mock: Mock) -> None:
    expired = ending("_expired")
    _accepting(mock, METRICS, lambda call: expired(call) and "since" in call.parameters)


@broken("auth.malformed", "more than one blank may stand before the key")
def two_blanks(mock: Mock) -> None:
    mock.calls("*", lambda call: call.keyed(_key(call)[7:].strip()) if _key(call).startswith("Bearer  sk_") else call)
