"""Parameters and results as PostgreSQL has them on the wire.

Our statements have texts, whole numbers, bytes and truth values. For these psycopg's own adaptation, which knows all
types of PostgreSQL and Python, takes as long as the query.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from psycopg.pq import Format
from psycopg.pq.abc import PGresult

from postfuze_mock.state.sql.database import Row

_INT8: Final = 20


class Arguments(NamedTuple):
    """The parameters of a statement: their types (0: as the statement implies), values, and formats."""

    types: list[int]
    values: list[bytes | None]
    formats: list[int]


def arguments(parameters: Sequence[Any]) -> Arguments:
    """`parameters` for PostgreSQL. Raises TypeError for one of another type."""
    encoded = [_encoded(value) for value in parameters]
    return Arguments([each[0] for each in encoded], [each[1] for each in encoded], [each[2] for each in encoded])


def rows_of(result: PGresult) -> list[Row]:
    """The rows of a binary result. Raises TypeError for a column of another type: the statement must cast it."""
    columns = [(column, _decoder(result.ftype(column))) for column in range(result.nfields)]
    value = result.get_value
    return [
        tuple([None if (data := value(row, column)) is None else decode(data) for column, decode in columns])
        for row in range(result.ntuples)
    ]


def escaped(text: str) -> str:
    """PostgreSQL has no NUL in texts. Its place is taken by two characters that keep the order of texts."""
    return text.replace("\1", "\1\2").replace("\0", "\1\1") if "\0" in text or "\1" in text else text


def _encoded(value: Any) -> tuple[int, bytes | None, Format]:
    if isinstance(value, str):
        return 25, escaped(value).encode(), Format.TEXT
    if isinstance(value, bool):
        return 16, b"t" if value else b"f", Format.TEXT
    if isinstance(value, int):
        return _INT8, b"%d" % value, Format.TEXT
    if isinstance(value, bytes):
        return 17, value, Format.BINARY
    if value is None:
        return 0, None, Format.TEXT
    raise TypeError(f"No statement has a parameter like {value!r}.")


def _decoder(type: int) -> Callable[[bytes], Any]:
    decoder = _DECODERS.get(type)
    if decoder is None:
        raise TypeError(f"No statement has a column of PostgreSQL's type {type}.")
    return decoder


def _text(data: bytes) -> str:
    text = data.decode()
    return text.replace("\1\1", "\0").replace("\1\2", "\1") if "\1" in text else text


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big", signed=True)


_DECODERS: Final[dict[int, Callable[[bytes], Any]]] = {
    16: lambda data: data == b"\1",  # bool
    17: bytes,  # bytea
    19: _text,  # name
    20: _number,  # int8
    21: _number,  # int2
    23: _number,  # int4
    25: _text,  # text
    2278: lambda _: None,  # void
}
