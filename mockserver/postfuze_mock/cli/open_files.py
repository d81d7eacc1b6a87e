"""The limit of open files of this process, which bounds its connections."""

from __future__ import annotations

import logging

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

#: Files besides those of connections: the log, the state file, webhooks under way.
RESERVE = 64

logger = logging.getLogger(__name__)


def fit(connections: int) -> int:
    """How many of `connections` may be open at once. Raises the limit of open files for that, as far as the system
    lets us; beyond it, the server could not accept connections any more, nor save its state."""
    if resource is None:
        return connections
    wanted = connections + RESERVE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return connections
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < wanted:
        logger.warning("%d connections at most, because `ulimit -n` is %d.", max(1, allowed - RESERVE), allowed)
    return max(1, allowed - RESERVE)
