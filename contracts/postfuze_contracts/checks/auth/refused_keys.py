"""Judges that a call is refused if its key is missing, malformed, revoked or expired."""

from __future__ import annotations

from postfuze_contracts.checks.auth.keyed_calls import expect_refused, key_of, keyed_calls
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.needs import Need
from postfuze_contracts.target.target import Target

#: Headers that do not begin with `Bearer sk_`. None holds a key, so reports may show them.
MALFORMED = ("", "Bearer", "Bearer xyz", "Bearer pk_live_c0de", "Basic c2tfbGl2ZV9jMGRlOg==", "sk_live_c0de", "sk_")
#: What stands before and after the key in more of them.
_AROUND_THE_KEY = (
    ("", ""), ("Basic ", ""), ("Token ", ""), ("bearer ", ""), ("Bearer  ", ""), ("Bearer", ""), ("Bearer:", ""),
    ('Bearer "', '"'), ("Bearer '", "'"), ("Bearer <", ">"), ("Token Bearer ", ""),
    ("Bearer Bearer ", ""), ("Basic e30=, Bearer ", ""), ("xBearer ", ""),
)  # fmt: skip


@check("auth.missing")
def calls_without_a_key(target: Target, judge: Judge) -> None:
    """Call each operation without a key, with ids that exist and ids that do not."""
    for operation, arguments in keyed_calls(target):
        expect_refused(target, judge, "auth.missing", target.call(operation, key=None, **arguments))


@check("auth.malformed")
def malformed_headers(target: Target, judge: Judge) -> None:
    """Call each operation with headers that do not begin with `Bearer sk_`, some of which contain the key."""
    calls = [*keyed_calls(target)]
    for header in MALFORMED:
        for operation, arguments in calls if header == "Bearer xyz" else calls[:2]:
            exchange = target.call(operation, key=None, headers={"Authorization": header}, **arguments)
            expect_refused(target, judge, "auth.malformed", exchange)
    key = target.secret("full")
    assert key is not None
    for before, after in _AROUND_THE_KEY:
        for operation, arguments in calls[:2]:
            exchange = target.call(operation, authorization=f"{before}{key.value}{after}", **arguments)
            expect_refused(target, judge, "auth.malformed", exchange)


@check("auth.revoked", needs=(needs.REVOKED_KEY,))
def a_revoked_key(target: Target, judge: Judge) -> None:
    """Call each operation with a revoked key."""
    _expect_key_refused(target, judge, "revoked", needs.REVOKED_KEY)


@check("auth.expired", needs=(needs.EXPIRED_KEY,))
def an_expired_key(target: Target, judge: Judge) -> None:
    """Call each operation with an expired key."""
    _expect_key_refused(target, judge, "expired", needs.EXPIRED_KEY)


def _expect_key_refused(target: Target, judge: Judge, key: str, need: Need) -> None:
    require(key_of(target, key) is not None, need)
    for operation, arguments in keyed_calls(target):
        expect_refused(target, judge, f"auth.{key}", target.call(operation, key=key, **arguments))
