"""Delivers events in the background: a slow receiver delays no call of the API and no other world.

For receivers, it verifies deliveries, and imports nothing of the server for that:

    from postfuze_mock.webhooks import verify

    event = verify(request.body, request.headers.get("X-PostFuze-Signature"), secret)
"""

from postfuze_mock.signatures import SIGNATURE_HEADER, SignatureError, verify

__all__ = ["SIGNATURE_HEADER", "SignatureError", "verify"]
