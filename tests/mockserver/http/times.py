"""Moved to `tests.support.times`."""

from tests.support.times import NOW as NOW
from tests.support.times import later as later
from tests.support.times import moment as moment
from tests.support.times import written as written
