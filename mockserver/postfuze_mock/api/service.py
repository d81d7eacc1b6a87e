"""The service as a whole."""

from __future__ import annotations

import time
from typing import Any

from postfuze_fixtures.timestamps import iso


def get_service_health(_world: None) -> dict[str, Any]:
    """The time is real: the call has no key, so no world's clock applies."""
    return {"ok": True, "service": "PostFuze", "time": iso(time.time_ns() // 1_000_000)}
