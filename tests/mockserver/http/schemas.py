"""Moved to `tests.support.schemas`."""

from tests.support.schemas import check as check
