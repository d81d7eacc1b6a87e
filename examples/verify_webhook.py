import hashlib
import hmac
import time


def verified(body: bytes, header: str, secret: str, tolerance: int = 300) -> bool:
    """Whether the raw `body` was signed with `secret` within the last `tolerance` seconds; `header` is
    `X-PostFuze-Signature`: t=UNIX,v1=HEX."""
    fields = dict(field.partition("=")[::2] for field in header.split(","))
    at, signature = fields.get("t", ""), fields.get("v1", "")
    expected = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.encode()):  # in constant time
        return False
    return abs(time.time() - int(at)) <= tolerance  # an old one may be a replay
