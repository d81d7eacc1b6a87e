"""The one exception of the client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class MockError(Exception):
    """A lever refused, or the mock did not answer.

    `status` is the HTTP status (None: no answer), `detail` says what is wrong, `code` is stable (`not_found`, …),
    `errors` lists the issues of a body or query that was refused.
    """

    def __init__(
        self,
        call: str,
        status: int | None,
        detail: str,
        *,
        code: str | None = None,
        errors: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(f"{call}: {detail}" if status is None else f"{call} answered {status}: {detail}")
        self.status = status
        self.detail = detail
        self.code = code
        self.errors = list(errors)
