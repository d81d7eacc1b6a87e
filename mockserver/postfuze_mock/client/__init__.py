"""Control a running mock from Python: put a world into the state that a test needs, and check what happened.

    from postfuze_mock.client import Mock

    with Mock("http://127.0.0.1:8080", key="sk_test_acme") as mock:  # reset when the block ends
        account = mock.create_account(platform="x", behaviour={"refresh": "fails"})
        mock.advance_clock(7200)

It needs only the standard library, and imports nothing of the server.
"""

from postfuze_mock.client.connections import MockError
from postfuze_mock.client.mock import Mock

__all__ = ["Mock", "MockError"]
