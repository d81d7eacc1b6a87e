"""A stateful, deterministic, offline Postfuze, driven by openapi.yaml.

For tests in Python: `running()` starts a mock, `postfuze_mock.client` controls one, `postfuze_mock.asgi` is one in this
process, `postfuze_mock.webhooks.verify` checks a delivery. Each is imported when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from postfuze_mock.launch.running import running as running

__version__ = "0.1.0"
__all__ = ["__version__", "running"]


def __getattr__(name: str) -> Any:
    if name == "running":
        from postfuze_mock.launch.running import running

        return running
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
