"""Moved to `tests.support.problem`."""

from tests.support.problem import PHRASES as PHRASES
from tests.support.problem import check as check
