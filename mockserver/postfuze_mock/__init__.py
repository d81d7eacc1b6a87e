"""A stateful, deterministic, offline Postfuze, driven by openapi.yaml.

For tests in Python: `running()` starts a mock, `postfuze_mock.client` controls one, `postfuze_mock.asgi` is one in this
process, `postfuze_mock.webhooks.verify` checks a delivery. Each is imported when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["__version__", "asgi", "client", "running", "webhooks"]

if TYPE_CHECKING:
    from postfuze_mock import asgi, client, webhooks
    from postfuze_mock.launch.running import running
else:

    def __getattr__(name):
        from importlib import import_module

        if name == "running":
            return import_module("postfuze_mock.launch.running").running
        if name in __all__:
            return import_module(f"postfuze_mock.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
