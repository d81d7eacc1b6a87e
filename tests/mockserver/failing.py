"""Moved to `tests.support.failing`."""

from tests.support.failing import LIST as LIST
from tests.support.failing import LISTING as LISTING
from tests.support.failing import Failing as Failing
