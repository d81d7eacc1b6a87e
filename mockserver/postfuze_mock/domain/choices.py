"""The decisions on what the documents leave open: a field for each assumption of openapi.yaml that has alternatives
which the mock plays.

A field's first alternative is our choice. Each field also has the assumption's id, because its name cannot distinguish
a dot from a dash (`finalize.duplicate-page`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, Final, Literal, Self, get_args, get_type_hints

from postfuze_fixtures.suggestions import nearest
from postfuze_fixtures.timestamps import MINUTE_MS
from postfuze_mock import spec


class ChoiceError(ValueError):
    """An unknown assumption or alternative; the message is one sentence that names the nearest one. `id` is the id of
    the assumption, as the user wrote it."""

    def __init__(self, message: str, id: str) -> None:
        super().__init__(message)
        self.id = id


def _choice(id: str, default: str) -> Any:
    return field(default=default, metadata={"id": id})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """One alternative for each open question; by default the choices of openapi.yaml."""

    keys_modes: Literal["shared", "separate"] = _choice("keys.modes", "shared")
    errors_validation_status: Literal["400", "422"] = _choice("errors.validation-status", "400")
    errors_listed: Literal["always", "never"] = _choice("errors.listed", "always")
    isolation_status: Literal["404", "403"] = _choice("isolation.status", "404")
    parameters_unknown: Literal["ignored", "refused"] = _choice("parameters.unknown", "ignored")
    parameters_repeated: Literal["last-wins", "refused"] = _choice("parameters.repeated", "last-wins")
    ids_malformed_path: Literal["404", "400", "422"] = _choice("ids.malformed-path", "404")
    ids_malformed_filter: Literal["refused", "empty-page"] = _choice("ids.malformed-filter", "refused")
    limit_below_range: Literal["refused", "clamped", "default"] = _choice("limit.below-range", "refused")
    limit_above_range: Literal["refused", "clamped", "default"] = _choice("limit.above-range", "refused")
    platform_unknown_filter: Literal["refused", "empty-page"] = _choice("platform.unknown-filter", "refused")
    list_disabled: Literal["listed", "hidden"] = _choice("list.disabled", "listed")
    list_end: Literal["null", "left-out"] = _choice("list.end", "null")
    filters_empty: Literal["empty-page", "ignored", "refused"] = _choice("filters.empty", "empty-page")
    fields_null: Literal["null", "left-out"] = _choice("fields.null", "null")
    delete_again: Literal["404", "200", "410"] = _choice("delete.again", "404")
    delete_unknown: Literal["404", "200"] = _choice("delete.unknown", "404")
    deleted_inspection: Literal["404", "answered"] = _choice("deleted.inspection", "404")
    metrics_refused_token: Literal["live", "snapshot"] = _choice("metrics.refused-token", "live")
    metrics_live_snapshot: Literal["not-stored", "stored"] = _choice("metrics.live-snapshot", "not-stored")
    metrics_snapshot_time: Literal["daily-0600", "daily-0000"] = _choice("metrics.snapshot-time", "daily-0600")
    metrics_missing: Literal["left-out", "null"] = _choice("metrics.missing", "left-out")
    metrics_series_raw: Literal["same", "empty"] = _choice("metrics.series-raw", "same")
    metrics_unknown: Literal["404", "message"] = _choice("metrics.unknown", "404")
    metrics_window_bounds: Literal["inclusive", "until-exclusive", "since-exclusive", "exclusive"] = _choice(
        "metrics.window-bounds", "inclusive"
    )
    metrics_iso_forms: Literal["all", "rfc3339"] = _choice("metrics.iso-forms", "all")
    metrics_window_echo: Literal["iso-milliseconds", "verbatim"] = _choice("metrics.window-echo", "iso-milliseconds")
    metrics_open_bound: Literal["null-echo", "omitted"] = _choice("metrics.open-bound", "null-echo")
    metrics_empty_series: Literal["empty-data", "message"] = _choice("metrics.empty-series", "empty-data")
    metrics_inverted_window: Literal["refused", "empty-data", "message"] = _choice("metrics.inverted-window", "refused")
    health_near_expiry: Literal["10-minutes", "5-minutes", "60-minutes"] = _choice("health.near-expiry", "10-minutes")
    health_recovery: Literal["active-again", "stays-flipped"] = _choice("health.recovery", "active-again")
    health_expired_token: Literal["never-healthy", "may-be-healthy"] = _choice("health.expired-token", "never-healthy")
    health_unrefreshable: Literal["flips", "kept"] = _choice("health.unrefreshable", "flips")
    health_unreachable: Literal["fallback", "probe-failed", "not-healthy"] = _choice("health.unreachable", "fallback")
    health_no_expiry: Literal["healthy", "not-healthy"] = _choice("health.no-expiry", "healthy")
    health_expiry_reread: Literal["after", "before"] = _choice("health.expiry-reread", "after")
    health_revoked_grant: Literal["token-expired", "revoked"] = _choice("health.revoked-grant", "token-expired")
    events_revoked_grant: Literal["disconnected-too", "not-disconnected"] = _choice(
        "events.revoked-grant", "disconnected-too"
    )
    pages_null: Literal["null", "left-out"] = _choice("pages.null", "null")
    finalize_unknown_page: Literal["422", "400", "404", "ignored"] = _choice("finalize.unknown-page", "422")
    finalize_unknown_session: Literal["404", "401", "410", "400", "403"] = _choice("finalize.unknown-session", "404")
    finalize_expired_session: Literal["404", "410"] = _choice("finalize.expired-session", "404")
    finalize_used_session: Literal["404", "409", "410"] = _choice("finalize.used-session", "404")
    finalize_wrong_type: Literal["refused", "accepted"] = _choice("finalize.wrong-type", "refused")
    finalize_duplicate_page: Literal["connects-once", "refused"] = _choice("finalize.duplicate-page", "connects-once")
    finalize_standing_account: Literal["reconnects", "refused"] = _choice("finalize.standing-account", "reconnects")
    finalize_deleted_account: Literal["new-id", "same-id"] = _choice("finalize.deleted-account", "new-id")
    finalize_nickname: Literal["username", "name"] = _choice("finalize.nickname", "username")
    sessions_lifetime: Literal["15-minutes", "10-minutes", "60-minutes"] = _choice("sessions.lifetime", "15-minutes")
    auth_url_scope: Literal["not-needed", "accounts-write"] = _choice("auth-url.scope", "not-needed")
    auth_url_unknown_platform: Literal["refused", "404"] = _choice("auth-url.unknown-platform", "refused")
    auth_url_redirect_uri: Literal["registered-hosts", "any-host", "any-uri"] = _choice(
        "auth-url.redirect-uri", "registered-hosts"
    )
    auth_url_null_body: Literal["no-body", "refused"] = _choice("auth-url.null-body", "no-body")
    auth_url_lifetime: Literal["60-minutes", "10-minutes"] = _choice("auth-url.lifetime", "60-minutes")
    auth_url_reuse: Literal["refused", "connects-again"] = _choice("auth-url.reuse", "refused")
    limits_unkeyed_finalize: Literal["counted", "uncounted"] = _choice("limits.unkeyed-finalize", "counted")
    limits_window_start: Literal["first-call", "aligned"] = _choice("limits.window-start", "first-call")

    @classmethod
    def with_overrides(cls, overrides: Mapping[str, str | int]) -> Self:
        """Our choices, except for `overrides` (assumption id → alternative); those that the mock does not play change
        nothing.

        A number stands for its digits, because YAML reads `finalize.unknown-page: 404` as one. Raises ChoiceError for
        an unknown id or alternative.
        """
        texts = {id: _known(id, str(value)) for id, value in overrides.items()}
        values: dict[str, Any] = {_attribute(id): text for id, text in texts.items() if is_played(id, text)}
        return cls(**values)

    def replaced(self, overrides: Mapping[str, str | int]) -> Self:
        """These choices, except for `overrides`. Raises ChoiceError as `with_overrides` does."""
        return self.with_overrides({**self.overrides(), **overrides})

    def by_id(self) -> dict[str, str]:
        """All choices, by assumption id."""
        return {each.metadata["id"]: getattr(self, each.name) for each in fields(self)}

    def overrides(self) -> dict[str, str]:
        """The choices that are not ours, by assumption id: what `with_overrides` reads."""
        defaults = DEFAULT.by_id()
        return {id: choice for id, choice in self.by_id().items() if choice != defaults[id]}


DEFAULT: Final = Choices()


def shown(record: dict[str, Any], choices: Choices) -> dict[str, Any]:
    """A record as an answer shows it: whether fields without a value are left out is the choice `fields.null`."""
    if choices.fields_null == "null":
        return record
    return {name: value for name, value in record.items() if value is not None}


@cache
def alternatives() -> Mapping[str, tuple[str, ...]]:
    """The alternatives of each assumption that has some, by id: our choice first."""
    hints = get_type_hints(Choices)
    return {each.metadata["id"]: get_args(hints[each.name]) for each in fields(Choices)}


#: The alternatives that are lengths of time, in milliseconds.
DURATIONS: Final[Mapping[str, int]] = {
    "5-minutes": 5 * MINUTE_MS,
    "10-minutes": 10 * MINUTE_MS,
    "15-minutes": 15 * MINUTE_MS,
    "60-minutes": 60 * MINUTE_MS,
}


def is_played(id: str, choice: str) -> bool:
    """Whether the mock can do as `choice` says."""
    return choice in alternatives().get(id, ())


def unplayed(overrides: Mapping[str, str]) -> list[str]:
    """Those of `overrides` that the mock does not play, as `ID=ALTERNATIVE`, our own choices left out."""
    known = _assumptions()
    return [
        f"{id}={choice}" for id, choice in overrides.items() if not is_played(id, choice) and choice != known[id].choice
    ]


@cache
def _assumptions() -> Mapping[str, spec.Assumption]:
    return {each.id: each for each in spec.assumptions()}


def _attribute(id: str) -> str:
    return id.replace(".", "_").replace("-", "_")


def _known(id: str, value: str) -> str:
    """`value`, which must be a choice of the assumption `id`. Raises ChoiceError."""
    known = _assumptions()
    if id not in known:
        raise ChoiceError(f"There is no assumption '{id}'{_hint(id, tuple(known))}.", id)
    options = known[id].choices
    if value not in options:
        raise ChoiceError(f"Assumption '{id}' has no alternative '{value}'{_hint(value, options)}.", id)
    return value


def _hint(value: str, options: tuple[str, ...]) -> str:
    """A hint at the nearest option or, if none is near, at all options if they are few."""
    match = nearest(value, options)
    if match:
        return f"; the nearest is '{match}'"
    return f"; it has {', '.join(options)}" if len(options) < 5 else ""
