"""The filters of the list, and values to filter by."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model.documents import NO_CHARACTER


@dataclass(frozen=True)
class Filter:
    """A query parameter, which is also the name of the field, and its statement."""

    name: str
    statement: str

    def value(self, account: Account) -> str | None:
        value = account.get(self.name)
        return value if isinstance(value, str) else None

    def matches(self, account: Account, value: str) -> bool:
        """Whether an account matches `value`."""
        own = self.value(account)
        return own == value or (self.name == "id" and own is not None and own.lower() == value.lower())

    def may_show(self, account: Account, value: str) -> bool:
        """Whether a list that is filtered by `value` may show an account. Tenants may be compared otherwise than
        exactly: see the assumption tenants.comparison."""
        own = self.value(account)
        return self.matches(account, value) or (
            self.name == "tenant_id" and own is not None and folded(own) == folded(value)
        )


FILTERS = (
    Filter("id", "list.filter-id"),
    Filter("tenant_id", "list.filter-tenant"),
    Filter("platform", "list.filter-platform"),
    Filter("username", "list.filter-username"),
    Filter("network_unique_id", "list.filter-network-unique-id"),
)
BY_NAME = {each.name: each for each in FILTERS}
_HARD = set("+%& #?=")  # what has a meaning in a query string
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
NOBODY = "nobody-00000000c0de"  # a value that no account has


def folded(value: str) -> str:
    """A value without its case, the width of its characters and surrounding spaces."""
    return unicodedata.normalize("NFKC", value).casefold().strip()


def sample_values(accounts: list[Account], each: Filter, maximum: int) -> list[str]:
    """Up to `maximum` values: the most frequent, one that is hard to encode, the rarest, then any. None that no URL
    can carry as it is."""
    counts = Counter(value for row in accounts if (value := each.value(row)) and NO_CHARACTER not in value)
    frequent = [value for value, _ in counts.most_common()]
    hard = [
        *[value for value in frequent if not value.isascii()][:1],
        *[value for value in frequent if set(value) & _HARD or value.strip() != value][:1],
        *[value for value in frequent if not value.isalnum()][:1],
    ]
    candidates = [*frequent[:1], *hard[:2], *frequent[-1:], *hard[2:], *frequent]
    return list(dict.fromkeys(candidates))[:maximum]


def distinctive_values(values: list[str]) -> list[str]:
    """A value with letters, and one that is a number, if there are any, because these have the most `near_misses`."""
    with_letters = [value for value in values if value.swapcase() != value][:1]
    return with_letters + [value for value in values if value.isdecimal()][:1] or values[:1]


def near_misses(value: str, existing: set[str | None]) -> Iterator[str]:
    """Values similar to `value` that no account has, so that a filter returns nothing for them."""
    parts = (*_first(_beginnings(value), existing), *_first(_ends(value), existing))
    numbers = (value[:-1] + str((int(value[-1]) + 1) % 10), f"0{value}") if value[-1:].isdecimal() else ()
    wildcards = (f"{value[:-1]}%", f"{value[:-1]}*", f"{value[:-1]}_")
    encoded = (f"%{ord(value[0]):02X}{value[1:]}" if value.isascii() else "", value.replace(" ", "+"))
    others = (*parts, *numbers[:1], wildcards[0], *encoded, *numbers[1:], *wildcards[1:], value.replace("+", " "))
    for other in dict.fromkeys(others):
        if other and other.strip() == other and other not in existing:
            yield other


def foldings(value: str, existing: set[str | None]) -> Iterator[str]:
    """Values that no account has, and that differ from `value` only in case, in the width of characters, in a space at
    the end, or in a letter that has another form in capitals."""
    others = value.swapcase(), f"{value} ", value.translate(_FULL_WIDTH), value.replace("ss", "ß"), value.upper()
    for other in dict.fromkeys(others):
        if other not in existing:
            yield other


def _first(values: Iterable[str], existing: set[str | None]) -> list[str]:
    """The first of these values that no account has."""
    return [value for value in values if value not in existing][:1]


def _beginnings(value: str) -> Iterator[str]:
    return (value[:end] for end in range(len(value) - 1, 0, -1))


def _ends(value: str) -> Iterator[str]:
    return (value[start:] for start in range(1, len(value)))
