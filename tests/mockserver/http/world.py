"""Moved to `tests.support.world`."""

from tests.support.world import API as API
from tests.support.world import OWN as OWN
from tests.support.world import Json as Json
from tests.support.world import World as World
