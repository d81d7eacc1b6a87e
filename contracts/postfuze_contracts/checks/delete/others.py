"""Judges that disconnecting one account leaves all others as they were, also those of another organization."""

from __future__ import annotations

from postfuze_contracts.checks.connect.connect_flow import current_accounts
from postfuze_contracts.checks.list.walks import whole_list
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.instants import instant
from postfuze_contracts.model.operations import GET
from postfuze_contracts.target.target import Target

LOOKS = 10
States = dict[str, survey.Account]
MOVING = {"last_synced_at", "updated_at", "token_expires_at"}  # the service changes these on its own initiative


def others_of(target: Target, id: str, *looks: States) -> States:
    """The other accounts that are equal in both looks, without those that a late list still shows; only the run's own
    if other clients delete accounts."""
    first, last = looks
    gone = {change.id for change in target.ledger.of("deleted")}.difference(target.ledger.standing()) | {id}
    unchanged = {other: state for other, state in last.items() if first.get(other) == state and other not in gone}
    if first.keys() <= last.keys():
        return unchanged
    return {other: state for other, state in unchanged.items() if other in target.ledger.standing()}


def states_of(rows: list[survey.Account]) -> States:
    """By id, the fields of each account that the service does not change."""
    return {row["id"]: _state(row) for row in rows}


def _state(row: survey.Account) -> survey.Account:
    return {name: value for name, value in row.items() if name not in MOVING}


def expect_others(
    target: Target, judge: Judge, before: States, now: States, deletion: Exchange, *, prompt: bool
) -> None:
    """Judge that the other accounts are unchanged. Suspects are looked up by id, because new accounts may have pushed
    them beyond the end of the walk. If other clients delete accounts too, only the run's own are judged. An account
    that is gone needs no repetition if the deletion was `prompt`: if it came right after the look before it."""
    suspects = [id for id, state in before.items() if now.get(id) != state]
    if suspects and _others_delete(target, now):
        suspects = [id for id in suspects if id in target.ledger.standing()]
    pages = {id: target.call(GET, path={"id": id}) for id in suspects[:10]}
    pages = {id: page for id, page in pages.items() if not _has_expired(before[id], page)}
    if not before:
        judge.block("delete.only-that-one", needs.unexpected("no other account stayed unchanged for long enough"))
    elif not pages:
        judge.expect("delete.only-that-one", True, "the others as they were")
    quiet = not pages or _is_quiet(target)
    damage = len(pages) > 1 and quiet
    for id, page in pages.items():
        state = _state(page.object) if is_shown(page) else None
        if state is not None and not quiet and state.get("status") == before[id].get("status"):
            judge.block("delete.only-that-one", needs.unexpected("the accounts kept changing"))
            continue  # another client may have changed it
        changed = [] if state is None else _changed_names(before[id], state)
        got = describe(page) if state is None else f"another {', '.join(changed)}"
        same = state is not None and not changed
        once = damage or (prompt and page.status == 404)
        judge.expect("delete.only-that-one", same, f"`{id}` to stay as it was", deletion, page, got=got, once=once)


def _has_expired(before: survey.Account, page: Exchange) -> bool:
    """Whether the account is `token_expired` now because its time came, not because of a deletion."""
    at = instant(page.member("token_expires_at"))
    flipped = before.get("status") == "active" and page.member("status") == "token_expired"
    return flipped and at is not None and at <= page.response.received_at


def expect_untouched(judge: Judge, looks: list[list[survey.Account]], deletion: Exchange) -> None:
    """Judge that most other accounts were not updated between the last two of three looks, if none was before."""
    before, then, after = ({row["id"]: row.get("updated_at") for row in rows} for rows in looks)
    common = [id for id in then if id in after]
    updates = [id for id in common if after[id] != then[id]]
    if before == then and len(common) > 2:
        got = f"{len(updates)} others have another `updated_at`"
        holds = 2 * len(updates) <= len(common)
        judge.expect("delete.only-that-one", holds, "the others as they were", deletion, got=got)


def strangers_of(target: Target) -> States:
    """The accounts of another organization; none if some of them vanish without this run."""
    if target.options.keys.other_organization is None:
        return {}
    first, last = (states_of(whole_list(target, key="other_organization").rows) for _ in range(2))
    return last if first.keys() <= last.keys() else {}


def expect_strangers(target: Target, judge: Judge, before: States, account: Exchange, deletion: Exchange) -> None:
    """Judge that the accounts of another organization still exist, and that none of them was disabled. They are looked
    up by id, because new accounts may have pushed them beyond the end of the walk. One of the same page needs no
    repetition: that another client has disconnected just this one is no accident."""
    now = states_of(whole_list(target, key="other_organization").rows) if before else {}
    suspects = [id for id, state in before.items() if id not in now or _is_disabled(state, now[id])]
    for id in suspects[:10]:
        got = target.call(GET, path={"id": id}, key="other_organization")
        is_same = got.status != 404 and not _is_disabled(before[id], got.object)
        expected = f"`{id}`, of another organization, to stay as it was"
        once = before[id].get("network_unique_id") == account.member("network_unique_id")
        judge.expect("delete.only-that-one", is_same, expected, deletion, got, once=once)


def _is_disabled(before: survey.Account, after: object) -> bool:
    """Whether the account has become disabled, which is what disconnecting does."""
    return isinstance(after, dict) and after.get("status") == "disabled" != before.get("status")


def _is_quiet(target: Target) -> bool:
    """Whether nothing changes now. Then probably no other client changed several accounts just before."""
    looks = [states_of(current_accounts(target)) for _ in range(LOOKS)]
    return all(look == looks[0] for look in looks)


def _others_delete(target: Target, now: States) -> bool:
    """Whether other clients delete accounts too."""
    return any(not now.keys() <= states_of(current_accounts(target)).keys() for _ in range(LOOKS))


def _changed_names(before: survey.Account, after: survey.Account) -> list[str]:
    """The fields that differ. A list may show fewer fields than a retrieval."""
    return sorted(name for name in before.keys() & after.keys() if before[name] != after[name])


def is_shown(got: Exchange) -> bool:
    return got.status < 300 and got.member("id") is not None
