"""Moved to `tests.support.calls`."""

from tests.support.calls import API as API
from tests.support.calls import Answer as Answer
from tests.support.calls import Caller as Caller
from tests.support.calls import encoded as encoded
