"""An index of the in-memory engine: sort keys by the value of a column, or of several."""

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

_NONE: Final[Sequence[str]] = ()


class Index:
    """Value of `columns` → sort keys, ascending. A row with a null in these columns is not indexed: null equals
    nothing."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = frozenset(columns)
        self._composite = len(columns) > 1
        self._read = itemgetter(*columns)
        # A single key is stored without a list: most usernames have one, and a million lists would take 90 MB.
        self._keys: dict[Any, str | list[str]] = {}

    def add(self, account: Mapping[str, Any], key: str) -> None:
        """Indexes the row of this account and sort key."""
        self._put(account, key, insort)

    def append(self, account: Mapping[str, Any], key: str) -> None:
        """As `add`, but unordered, for many rows: `settle` must be called before anything else."""
        self._put(account, key, list.append)

    def settle(self) -> None:
        """Sorts what was appended."""
        for keys in self._keys.values():
            if isinstance(keys, list):
                keys.sort()

    def remove(self, account: Mapping[str, Any], key: str) -> None:
        """Removes a row that was added with this account and sort key."""
        value = self.value(account)
        keys = self._keys.get(value)
        if isinstance(keys, list):
            del keys[bisect_left(keys, key)]
            if len(keys) == 1:
                self._keys[value] = keys[0]
        elif keys is not None:
            del self._keys[value]

    def keys(self, where: Mapping[str, str]) -> Sequence[str]:
        """The sort keys of the rows whose columns have the values in `where`, which names all of them."""
        keys = self._keys.get(self._read(where), _NONE)
        return (keys,) if isinstance(keys, str) else keys

    def value(self, account: Mapping[str, Any]) -> Any:
        """The value that the row of this account is indexed by; None if it is not."""
        value = self._read(account)
        return None if self._composite and None in value else value

    def _put(self, account: Mapping[str, Any], key: str, into: Any) -> None:
        value = self.value(account)
        if value is None:
            return
        keys = self._keys.get(value)
        if keys is None:
            self._keys[value] = key
        elif isinstance(keys, str):
            pair = self._keys[value] = [keys]
            into(pair, key)
        else:
            into(keys, key)
