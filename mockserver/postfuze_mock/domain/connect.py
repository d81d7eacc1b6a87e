"""The end of the connect flow: selected pages of a pending session become accounts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from postfuze_fixtures.platforms import PLATFORMS
from postfuze_fixtures.timestamps import iso
from postfuze_mock.domain.choices import Choices, shown
from postfuze_mock.domain.lifecycle import ACCOUNT_CONNECTED, ACTIVE, Change, token_expiry, updated
from postfuze_mock.problems import Problem
from postfuze_mock.records import Account, Page, Session


def select(session: Session, page_ids: Sequence[str], choices: Choices) -> list[Page]:
    """The pages with the ids `page_ids`, each once, in the order of their first mention.

    Raises problems: 422 (choice `finalize.unknown-page`) for ids that the session does not offer, also where the choice
    ignores these, if no other is selected; the status of a bad body for a repeated id, where choice
    `finalize.duplicate-page` refuses it.
    """
    pages = {page["id"]: page for page in session["pages"]}
    if choices.finalize_duplicate_page == "refused":
        _refuse_repeated_ids(page_ids, choices)
    unknown = [at for at, id in enumerate(page_ids) if id not in pages]
    ignored = choices.finalize_unknown_page == "ignored"
    if len(unknown) == len(page_ids) or (unknown and not ignored):
        raise _not_offered(page_ids, unknown, 422 if ignored else int(choices.finalize_unknown_page))
    return [pages[id] for id in dict.fromkeys(page_ids) if id in pages]


def finalize(
    session: Session,
    pages: Sequence[Page],
    *,
    standing: Mapping[str, Account],
    deleted: Callable[[], Mapping[str, Account]],
    network_id: str,
    ids: Iterator[str],
    now: int,
    choices: Choices,
) -> list[Change]:
    """The accounts that `pages` become at `now` (ms), in their order.

    `standing` are the undeleted accounts of the organization for these pages, by page id; `deleted` returns its deleted
    ones, and is called only if needed. New accounts get the next of `ids`. Raises a 409 problem if a page is
    connected and may not be reconnected (choice `finalize.standing-account`).
    """
    if choices.finalize_standing_account == "refused":
        for page in pages:
            if page["id"] in standing:
                detail = f"The page {page['id']} is connected already."
                raise Problem(409, detail, rule="finalize.standing-account", code="conflict")
    accounts = {**deleted(), **standing} if choices.finalize_deleted_account == "same-id" else standing
    return [
        reconnect(accounts[page["id"]], session, page, network_id=network_id, now=now)
        if page["id"] in accounts
        else connect(session, page, id=next(ids), network_id=network_id, now=now)
        for page in pages
    ]


def connect(session: Session, page: Page, *, id: str, network_id: str, now: int) -> Change:
    """A new account for `page`. Connecting fetches its metadata, so it counts as the first sync."""
    fields = _grant(session, page, network_id, now)
    account = {"id": id, **fields, "last_synced_at": iso(now), "created_at": iso(now), "updated_at": iso(now)}
    return Change(account, (ACCOUNT_CONNECTED,))


def reconnect(account: Account, session: Session, page: Page, *, network_id: str, now: int) -> Change:
    """The account connected again: active, with its id and `created_at` unchanged."""
    fields = _grant(session, page, network_id, now)
    return Change(updated(account, now, **fields, last_synced_at=iso(now)), (ACCOUNT_CONNECTED,))


def page_to_dict(page: Page, choices: Choices) -> Mapping[str, object]:
    """A page as its session offers it; the choice `pages.null` may leave out its nulls."""
    if choices.pages_null == "null":
        return page
    return {name: value for name, value in page.items() if value is not None}


def to_dict(account: Account, choices: Choices) -> dict[str, Any]:
    """A connected account in the response of finalizing. `nickname` is the username or the display name, whichever the
    choice `finalize.nickname` says, or the other if that is null."""
    names = (account["username"], account["display_name"])
    first, second = names if choices.finalize_nickname == "username" else reversed(names)
    connected = {
        "id": account["id"],
        "nickname": second if first is None else first,
        "username": account["username"],
        "network": account["platform"],
        "accountType": account["account_type"],
    }
    return shown(connected, choices)


def _grant(session: Session, page: Page, network_id: str, now: int) -> dict[str, Any]:
    """The fields that a grant sets, in the document's order."""
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
        return Problem(404, detail, rule="finalize.unknown-page", code="not_found")
    errors = [_error(at, "must be a page that the session offers") for at in unknown]
    return Problem(status, detail, rule="finalize.unknown-page", errors=errors)


def _refuse_repeated_ids(page_ids: Sequence[str], choices: Choices) -> None:
    first: dict[str, int] = {}
    repeats = [at for at, id in enumerate(page_ids) if first.setdefault(id, at) != at]
    if repeats:
        detail = "; ".join(f"body/selectedPageIds/{at} must be named once" for at in repeats[:3])
        errors = [_error(at, "must be named once") for at in repeats]
        raise Problem(
            int(choices.errors_validation_status),
            f"{detail}.",
            rule="finalize.duplicate-page",
            code="validation_failed",
            errors=errors,
        )


def _error(at: int, message: str) -> dict[str, str]:
    return {"in": "body", "pointer": f"/selectedPageIds/{at}", "message": message}
