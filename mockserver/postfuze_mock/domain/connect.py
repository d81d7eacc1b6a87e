"""The end of the connect flow: selected pages of a pending session become accounts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from postfuze_fixtures.platforms import PLATFORMS
from postfuze_fixtures.timestamps import iso
from postfuze_mock.domain.choices import Choices
from postfuze_mock.domain.lifecycle import ACCOUNT_CONNECTED, ACTIVE, Change, token_expiry, updated
from postfuze_mock.problems import Problem
from postfuze_mock.records import Account, Page, Session


def select(session: Session, page_ids: Sequence[str], choices: Choices) -> list[Page]:
    """The pages that `page_ids` name, each once, in the order in which they are named first.

    Problems: 422 (choice `finalize.unknown-page`) for ids that the session does not offer; where a page may not be
    named twice (choice `finalize.duplicate-page`), the status of a bad body.
    """
    offered = {page["id"]: page for page in session["pages"]}
    if choices.finalize_duplicate_page == "refused":
        _refuse_twice_named(page_ids, choices)
    unknown = [at for at, id in enumerate(page_ids) if id not in offered]
    if unknown:
        raise _not_offered(page_ids, unknown, int(choices.finalize_unknown_page))
    return [offered[id] for id in dict.fromkeys(page_ids)]


def finalize(
    session: Session,
    pages: Sequence[Page],
    *,
    standing: Mapping[str, Account],
    deleted: Mapping[str, Account],
    network_id: str,
    ids: Iterator[str],
    now: int,
    choices: Choices,
) -> list[Change]:
    """The accounts that `pages` become at `now` (ms), in their order.

    `standing` and `deleted` are the accounts that the organization has, and had, for these pages, by the page's id; an
    id for a new account is drawn from `ids`. Problem 409 where a page's account stands and may not be reconnected
    (choice `finalize.standing-account`).
    """
    if choices.finalize_standing_account == "refused":
        for page in pages:
            if page["id"] in standing:
                detail = f"The page {page['id']} is connected already."
                raise Problem(409, detail, rule="finalize.standing-account", code="conflict")
    earlier = {**deleted, **standing} if choices.finalize_deleted_account == "same-id" else standing
    return [
        reconnect(earlier[page["id"]], session, page, network_id=network_id, now=now)
        if page["id"] in earlier
        else connect(session, page, id=next(ids), network_id=network_id, now=now)
        for page in pages
    ]


def connect(session: Session, page: Page, *, id: str, network_id: str, now: int) -> Change:
    """A new account for `page`; its metadata comes with the connection, so that counts as its first sync."""
    given = _granted(session, page, network_id, now)
    account = {"id": id, **given, "last_synced_at": iso(now), "created_at": iso(now), "updated_at": iso(now)}
    return Change(account, (ACCOUNT_CONNECTED,))


def reconnect(account: Account, session: Session, page: Page, *, network_id: str, now: int) -> Change:
    """An account that the organization has, or had, connected anew: active again, with its id and `created_at`."""
    given = _granted(session, page, network_id, now)
    return Change(updated(account, now, **given, last_synced_at=iso(now)), (ACCOUNT_CONNECTED,))


def shown(account: Account, choices: Choices) -> dict[str, Any]:
    """A connected account as finalizing answers it; one without the name that it goes by is called by the other."""
    names = (account["username"], account["display_name"])
    first, second = names if choices.finalize_nickname == "username" else reversed(names)
    return {
        "id": account["id"],
        "nickname": second if first is None else first,
        "username": account["username"],
        "network": account["platform"],
        "accountType": account["account_type"],
    }


def _granted(session: Session, page: Page, network_id: str, now: int) -> dict[str, Any]:
    """The fields that a grant gives an account, new or not, in the document's order."""
    return {
        "platform": session["network"],
        "tenant_id": session["tenant_id"],
        "social_network_id": network_id,
        "network_unique_id": page["id"],
        "username": page["username"],
        "display_name": page["name"],
        "profile_image_url": page["profilePictureUrl"],
        "account_type": page["type"],
        "status": ACTIVE,
        "scopes": list(PLATFORMS[session["network"]].scopes),
        "token_expires_at": token_expiry(session["network"], now),
    }


def _not_offered(page_ids: Sequence[str], unknown: Sequence[int], status: int) -> Problem:
    names = list(dict.fromkeys(page_ids[at] for at in unknown))
    detail = f"This session does not offer the {'page' if len(names) == 1 else 'pages'} {', '.join(names)}."
    if status == 404:
        return Problem(404, detail, rule="connect.unknown-page", code="not_found")
    errors = [_issue(at, "must be a page that the session offers") for at in unknown]
    return Problem(status, detail, rule="connect.unknown-page", errors=errors)


def _refuse_twice_named(page_ids: Sequence[str], choices: Choices) -> None:
    first: dict[str, int] = {}
    again = [at for at, id in enumerate(page_ids) if first.setdefault(id, at) != at]
    if again:
        detail = "; ".join(f"body/selectedPageIds/{at} must be named once" for at in again[:3])
        errors = [_issue(at, "must be named once") for at in again]
        raise Problem(
            int(choices.errors_validation_status),
            f"{detail}.",
            rule="finalize.duplicate-page",
            code="validation_failed",
            errors=errors,
        )


def _issue(at: int, message: str) -> dict[str, str]:
    return {"in": "body", "pointer": f"/selectedPageIds/{at}", "message": message}
