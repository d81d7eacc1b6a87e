"""The preconditions of checks, and how to provide them: the reasons of blocked verdicts."""

from __future__ import annotations

from typing import NamedTuple


class Need(NamedTuple):
    """A precondition. `what` says what is missing, `how` says how to provide it. `setting` is a flag with its value or
    an environment variable that does, ready to copy; empty if none does alone."""

    id: str
    what: str
    how: str
    setting: str = ""


FULL_KEY = Need("keys.full", "no API key was given", "set POSTFUZE_KEY, --key-env or [keys] full", "POSTFUZE_KEY")
READ_ONLY_KEY = Need(
    "keys.read_only",
    "no key without scopes was given",
    "set POSTFUZE_KEY_READ_ONLY or [keys] read_only to a key that lacks accounts:write",
    "POSTFUZE_KEY_READ_ONLY",
)
OTHER_SCOPE = Need(
    "keys.other_scope",
    "no key with another scope was given",
    "set POSTFUZE_KEY_OTHER_SCOPE or [keys] other_scope to a key that has posts:write, say, but not accounts:write",
    "POSTFUZE_KEY_OTHER_SCOPE",
)
UNKNOWN_KEYS = Need(
    "target.unknown-keys",
    "the target accepts keys that were never issued: its /health says so in X-Unknown-Keys",
    "judge a target that refuses them; the mock does with --strict-keys and a world file that lists its keys",
)
REVOKED_KEY = Need(
    "keys.revoked",
    "no revoked key was given",
    "set POSTFUZE_KEY_REVOKED or [keys] revoked",
    "POSTFUZE_KEY_REVOKED",
)
EXPIRED_KEY = Need(
    "keys.expired",
    "no expired key was given",
    "set POSTFUZE_KEY_EXPIRED or [keys] expired",
    "POSTFUZE_KEY_EXPIRED",
)
OTHER_ORGANIZATION = Need(
    "keys.other_organization",
    "no key of another organization was given",
    "set POSTFUZE_KEY_OTHER_ORGANIZATION or [keys] other_organization to a key of an organization with other accounts",
    "POSTFUZE_KEY_OTHER_ORGANIZATION",
)
FRESH_SESSION = Need(
    "sessions.fresh",
    "no (further) fresh session token was given",
    "set [sessions] fresh to unused tokens, or command to a program that prints them",
    "POSTFUZE_CONTRACTS_SESSIONS_COMMAND",
)
STALE_SESSION = Need(
    "sessions.fresh",
    "the session tokens that were given answer 404: they were used up, or have expired",
    "give unused tokens: set [sessions] command to a program that prints them",
    "POSTFUZE_CONTRACTS_SESSIONS_COMMAND",
)
SESSION_TENANT = Need(
    "sessions.tenant",
    "it is not known what the session tokens were started for",
    "set [sessions] tenant to the tenant of all of them",
    "POSTFUZE_CONTRACTS_SESSIONS_TENANT",
)
EXPIRED_SESSION = Need(
    "sessions.expired",
    "no expired session token was given",
    "set [sessions] expired",
    "POSTFUZE_CONTRACTS_SESSIONS_EXPIRED",
)
OTHER_MODE = Need(
    "modes.both",
    "all keys that were given are of one mode",
    "let one of [keys] full, read_only and other_organization be an sk_live_ key, and one an sk_test_ key",
)
ACCOUNTS = Need(
    "data.account",
    "accounts of the organization",
    "give a key of an organization that has some, or allow writes and give fresh sessions",
)
TIES = Need(
    "data.ties",
    "the organization shows no two accounts of equal `created_at`",
    "give a key of an organization that has some, such as pages that were connected at once",
)
EXACT_TIES = Need(
    "data.exact-ties",
    "accounts of equal `created_at` are in no order by id: their times may be kept finer than they are shown",
    "pin the assumption account.created-precision if they are shown as they are kept",
)
PROBE_ACCESS = Need(
    "access.probe", "the health probe is not allowed", "run with --access probe (or full)", "--access probe"
)
FULL_ACCESS = Need(
    "access.full", "writing is not allowed", "run with --access full (or --allow-writes)", "--access full"
)
EXHAUST_LIMITS = Need(
    "allow.exhaust_limits",
    "exhausting a rate limit is not allowed",
    "set [allow] exhaust_limits (it takes two minutes)",
    "POSTFUZE_CONTRACTS_ALLOW_EXHAUST_LIMITS=true",
)
BUDGET = Need("limits.budget", "the run's budget of time or requests was spent", "raise --max-time or the budget")
UNREACHABLE = Need("target.unreachable", "the target did not respond", "check its URL, and whether it is up")
KEY_REFUSED = Need(
    "target.key", "the target refused the API key", "give a valid key: [keys] full, --key-env or POSTFUZE_KEY"
)
NO_CONTRACT = Need("target.contract", "the target does not answer like the contract", "check its URL")
INTERRUPTED = Need("run.interrupted", "the run was interrupted", "let the run finish")
#: No response of the run was of the kind that the statement is about.
NOTHING_JUDGED = Need(
    "target.unexpected",
    "nothing was judged",
    "see whether a statement failed that this one depends on; if none did, run with a larger --profile",
)

#: The needs whose `what` quotes the target.
ANSWERS = frozenset({"target.no-answer", "target.unexpected"})


def accounts(count: int, kind: str = "account") -> Need:
    """The organization has too few accounts of a kind."""
    noun = kind if count == 1 else f"{kind}s"
    return Need(
        f"data.{kind.replace(' ', '-')}",
        f"the organization shows fewer than {count} {noun}" if count > 1 else f"the organization shows no {noun}",
        ACCOUNTS.how,
    )


def no_answer(what: str) -> Need:
    """The target responds to other calls, but not to that one."""
    return Need(
        "target.no-answer", f"the target gave no answer to {what}", "find out why it does not respond to this call"
    )


def harness_fault(check: str, error: Exception) -> Need:
    """The harness itself failed in a check."""
    what = f"the harness failed in {check} ({type(error).__name__})"
    return Need("harness.fault", what, "please report it, with what --debug prints")


def undocumented(check: str, error: Exception, answer: str) -> Need:
    """A check cannot handle an answer that no document describes."""
    what = f"{check} could not go on ({type(error).__name__}): {answer}"
    return unexpected(what)


def unexpected(what: str) -> Need:
    """A preparatory step got a response that leaves nothing to judge."""
    return Need("target.unexpected", what, "see the statements that failed: this one depends on them")
