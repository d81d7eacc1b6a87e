"""Sample runs as events: one of each outcome, about people whose names must not be shown."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from postfuze_contracts.model import needs
from postfuze_contracts.model.events import Changed, CheckFinished, CheckStarted, Event, RunFinished, RunStarted
from postfuze_contracts.model.exchange import Exchange, Request, Response
from postfuze_contracts.model.options import Access, Keys, Options, Pin, Secret, Sessions, Waiver
from postfuze_contracts.model.verdicts import Failure, Observation, Outcome, Verdict
from postfuze_contracts.reports import FORMATS, reporters
from postfuze_contracts.reports.masking import Masker
from postfuze_contracts.reports.terminal import console
from postfuze_mock import spec

URL: Final = "https://api.example.com/api/v1"
ID: Final = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
KEY: Final = "sk_live_MARKER0key"
READ_ONLY: Final = "sk_live_MARKER0readonly"
SESSION: Final = "MARKER0session0token"
EXPIRED: Final = "MARKER0expired0token"

#: Secrets and personal data; each has a MARKER that no report may contain.
SECRETS: Final = (KEY, READ_ONLY, SESSION, EXPIRED)
ACCOUNT: Final[dict[str, Any]] = {
    "id": ID,
    "platform": "x",
    "tenant_id": "tenant_42",
    "social_network_id": "f3c1b0a2-8d4e-4a9f-9b1c-2e7d6f0a1234",
    "network_unique_id": "MARKER1466912345",
    "username": "MARKER1ácme",
    "display_name": 'MARKER1 "Acme" <b>Inc.</b>',
    "profile_image_url": "https://pbs.twimg.com/profile_images/MARKER1/avatar.jpg",
    "account_type": "profile",
    "status": "active",
    "scopes": ["tweet.read"],
    "token_expires_at": None,
    "last_synced_at": None,
    "created_at": "2026-06-01T09:30:00.000Z",
    "updated_at": "2026-06-09T12:00:00.000Z",
    "fullName": "MARKER1 extra",
}
PAGE: Final = {
    "id": "MARKER1page",
    "type": "page",
    "name": "MARKER1 Storefront",
    "username": "MARKER1store",
    "profilePictureUrl": "https://graph.facebook.com/MARKER1/picture",
}
CONNECTED: Final = {
    "id": ID,
    "nickname": "MARKER1nick",
    "username": "MARKER1store",
    "network": "facebook",
    "accountType": "page",
}
VALUE: Final = {
    "social_account_id": ID,
    "network": "x",
    "source": "live",
    "followers": 1,
    "raw": {"user": {"full_name": "MARKER1 raw"}},
    "captured_at": "2026-06-14T12:10:00.000Z",
}


def exchange(
    operation: str = "listSocialAccounts",
    path: str = "/social-accounts",
    content: Any = None,
    *,
    method: str = "GET",
    status: int = 200,
    query: tuple[tuple[str, str], ...] = (),
    body: bytes | None = None,
    key: str | None = "full",
    headers: Mapping[str, str] | None = None,
    authorization: str | None = None,
) -> Exchange:
    """A request and its response; `content` is sent as JSON unless it is bytes."""
    response_body = content if isinstance(content, bytes) else json.dumps(content).encode()
    request_headers = {} if body is None else {"Content-Type": "application/json"}
    response_headers = {"content-type": "application/json", **(headers or {})}
    return Exchange(
        Request(operation, method, path, query, request_headers, body, key, authorization),
        Response(status, response_headers, response_body, 1.0, 2.0),
    )


def listing(*accounts: Any, query: tuple[tuple[str, str], ...] = ()) -> Exchange:
    return exchange(content={"data": list(accounts), "next_cursor": None}, query=query)


FILTERED: Final = listing(ACCOUNT, query=(("username", ACCOUNT["username"]), ("limit", "2")))
PENDING: Final = exchange(
    "listPendingPages",
    f"/social-accounts/pending/{SESSION}",
    {"network": "facebook", "availablePages": [PAGE]},
    key=None,
    headers={"set-cookie": "MARKER0cookie", "x-echo": f"Bearer {KEY}"},
)
FINALIZED: Final = exchange(
    "finalizeConnection",
    f"/social-accounts/pending/{SESSION}/finalize",
    {"connectedAccounts": [CONNECTED]},
    method="POST",
    body=json.dumps({"selectedPageIds": [PAGE["id"]]}).encode(),
    key=None,
)
REFUSED: Final = exchange(
    "finalizeConnection",
    f"/social-accounts/pending/{SESSION}/finalize",
    {"title": "Bad", "status": 422, "detail": f"{PAGE['id']} of {SESSION} by {KEY}", "errors": [{"name": "limit"}]},
    method="POST",
    status=422,
    body=b'{"selectedPageIds": ["MARKER1page"]}',
    key=None,
)
METRICS: Final = exchange("getSocialAccountMetrics", f"/social-accounts/{ID}/metrics", VALUE)
BROKEN: Final = exchange(content=b'{"data": [{"username": "MARKER1cut', key="read_only")
HOSTILE: Final = exchange(
    "getSocialAccount",
    "/social-accounts/%3Cscript%3E",
    {"title": "</script><script>alert(1)</script>", "detail": "\x1b[31m]]>|`*_\ufffe\u202e\ud800", "status": 404},
    status=404,
    key="literal",
    authorization='Basic $POSTFUZE_KEY"$(id)`',
)

FAILURES: Final = (
    Failure(
        "list.filter-username",
        f"only accounts named {ACCOUNT['username']}",
        f"{ACCOUNT['display_name']} ({ACCOUNT['username']!r}), {ACCOUNT['network_unique_id']}",
        (listing(ACCOUNT), FILTERED),
        "list.filters",
    ),
    Failure(
        "connect.exactly-selected", "one account", f"{CONNECTED['nickname']} too", (PENDING, FINALIZED), "connect.two"
    ),
    Failure("connect.at-least-one", "a refusal", f"422 ({PAGE['id']} of {SESSION})", (REFUSED,), "connect.other"),
    Failure(
        "metrics.value-fields", "numbers", "raw was {'user': {'full_name': 'MARKER1 raw'}}", (METRICS,), "metrics.one"
    ),
    Failure("list.envelope", "an object with `data`", "200", (BROKEN,), "list.shape"),
    Failure(
        "errors.title", "the phrase of 404", "</script><img src=x> \x1b[31m ]]> | ` \ufffe", (HOSTILE,), "errors.all"
    ),
)
HELD: Final = exchange(content={"data": [], "next_cursor": None, "held": "here"})
FLAKY: Final = Failure("list.default-25", "at most 25", "26 accounts", (listing(),), "list.first", again=(HELD,))
ACCEPTED: Final = Failure(
    "get.unknown", "404", "500", (exchange("getSocialAccount", "/social-accounts/0"),), "get.none"
)
OPTIONS: Final = Options(
    URL,
    Keys(Secret(KEY, "key"), Secret(READ_ONLY, "key")),
    Sessions(expired=Secret(EXPIRED, "session")),
    access=Access.FULL,
    waivers=(
        Waiver("get.unknown", "known", "ops", date(2999, 1, 1)),
        Waiver("list.empty", "fixed", "ops", date(2999, 1, 1)),
    ),
    pins={
        "ids.malformed-path": Pin("404", "as pinned in assumptions.toml:5 on 2026-01-31 for https://old.example.com"),
        "keys.modes": Pin("shared", "as pinned in assumptions.toml:9"),
    },
)
DRIFTED: Final = exchange("getSocialAccount", "/social-accounts/no-uuid", {"status": 400}, status=400)
DRIFT: Final = Failure(
    "ids.malformed-path",
    f"404, {OPTIONS.pins['ids.malformed-path'].origin}",
    "400",
    (DRIFTED,),
    "get.malformed",
)
#: The pinned assumptions: one that drifted, one that did not.
PINNED: Final = (
    Verdict("ids.malformed-path", Outcome.FAIL, 3, (DRIFT,), pin="404"),
    Verdict("keys.modes", Outcome.PASS, 2, pin="shared"),
)


_SKIPPED: Final = {
    FLAKY.statement: Verdict(FLAKY.statement, Outcome.FLAKY, 2, (FLAKY,), reason="failed, and not again"),
    ACCEPTED.statement: Verdict(
        ACCEPTED.statement, Outcome.SKIPPED, 1, (ACCEPTED,), reason="waived until 2999-01-01 by ops: known"
    ),
}
_ODD: Final = {failure.statement: Verdict(failure.statement, Outcome.FAIL, 7, (failure,)) for failure in FAILURES}
_LACKING: Final = needs.unexpected(f"a step answered {ACCOUNT['username']} with {KEY}")


def _verdict(statement: spec.Statement) -> Verdict:
    verdict = {**_ODD, **_SKIPPED}.get(statement.id)
    if verdict is not None:
        return verdict
    match statement.subject:
        case "limits":
            return Verdict(statement.id, Outcome.BLOCKED, needs=(needs.EXHAUST_LIMITS,))
        case "health":
            return Verdict(statement.id, Outcome.BLOCKED, needs=(_LACKING, needs.accounts(2, "x account")))
        case "auth-url":
            return Verdict(statement.id, Outcome.SKIPPED, reason="not asked for")
    return Verdict(statement.id, Outcome.PASS, 12)


def events(site: str | None = None) -> list[Event]:
    """The events of a run with each outcome, and with the address of a published reference if there is a `site`."""
    connected = Changed("connected", ID, FINALIZED)
    return [
        RunStarted(replace(OPTIONS, site=site), 3),
        CheckStarted("list.filters", "list"),
        CheckFinished("list.filters", "list", 0.5, FAILURES[:1], (FLAKY,), ("list.filter-username", "list.default-25")),
        CheckStarted("connect.two", "connect", "connects one page of a fresh session"),
        connected,
        CheckFinished("connect.two", "connect", 0.25, FAILURES[1:], (), tuple(each.statement for each in FAILURES[1:])),
        RunFinished(
            (*(_verdict(each) for each in spec.statements() if each.observable), *PINNED),
            (
                Observation("errors.validation-status", "422", REFUSED),
                Observation("keys.modes", "shared"),
                Observation("ids.malformed-path", "400", DRIFTED),
                Observation("limit.above-range", "refused"),
                Observation("limit.above-range", "clamped", FILTERED),
                Observation("account.status-values", f"also {ACCOUNT['username']}", FILTERED),
            ),
            (replace(connected, stands=True, why="disconnecting it answered 500"),),
            1234,
            2.5,
            writes=21,
        ),
    ]


def fault() -> list[Event]:
    """The events of a run whose target could not be reached."""
    started, finished = events()[0], events()[-1]
    assert isinstance(finished, RunFinished)
    blocked = tuple(
        Verdict(each.statement, Outcome.BLOCKED, needs=(needs.FULL_KEY,), pin=each.pin) for each in finished.verdicts
    )
    return [
        started,
        replace(finished, verdicts=blocked, observations=(), ledger=(), fault=f"GET /: ConnectError at {KEY}"),
    ]


def failing() -> set[str]:
    """The ids of what fails in the sample run."""
    return {each.statement for each in finished().verdicts if each.outcome is Outcome.FAIL}


def finished() -> RunFinished:
    last = events()[-1]
    assert isinstance(last, RunFinished)
    return last


def report(
    run: Iterable[Event],
    folder: Path,
    *,
    show_bodies: bool = False,
    strict: bool = False,
    width: int | None = None,
    formats: Sequence[str] = FORMATS,
    flags: Sequence[str] = (),
) -> dict[str, str]:
    """All reports of a run by format; `terminal` is the plain output, without the name of `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"report.{name}" for name in formats}
    stream = io.StringIO()
    on = console(stream)
    if width is not None:
        on.width = width
    readers = reporters(paths, on, masker=Masker(show_bodies=show_bodies), strict=strict, flags=flags)
    for event in run:
        for reader in readers:
            reader.handle(event)
    terminal = stream.getvalue().replace(f"{folder}/", "")
    return {"terminal": terminal, **{name: path.read_text("utf-8") for name, path in paths.items()}}


def plain(report: str) -> str:
    """A report with the signs of placeholders as in a text, because JSON escapes them."""
    return report.replace("\\u2039", "‹").replace("\\u203a", "›")
