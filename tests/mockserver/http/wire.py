"""Moved to `tests.support.wire`."""

from tests.support.wire import PATIENCE as PATIENCE
from tests.support.wire import Answer as Answer
from tests.support.wire import chunked as chunked
from tests.support.wire import exchange as exchange
from tests.support.wire import request as request
