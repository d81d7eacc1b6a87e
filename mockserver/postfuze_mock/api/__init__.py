"""The API's handlers: a module for each resource, a function for each operation, listed in `HANDLERS`.

A handler is called as `handler(world, **parameters)`, with valid parameters, and returns an object or JSON as bytes;
`http/dispatch.py` sends the response.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from postfuze_mock.api import connect, service, social_accounts

#: By operationId in snake case, which is also the name of the function.
HANDLERS: Final[Mapping[str, Callable[..., Any]]] = {
    handler.__name__: handler
    for handler in (
        service.get_service_health,
        social_accounts.list_social_accounts,
        social_accounts.get_social_account,
        social_accounts.delete_social_account,
        social_accounts.get_social_account_metrics,
        social_accounts.get_social_account_health,
        connect.create_auth_url,
        connect.list_pending_pages,
        connect.finalize_connection,
    )
}
