"""What a newcomer sees first."""

from __future__ import annotations

from postfuze_mock import __version__
from postfuze_mock.http.perimeter.access import Access
from postfuze_mock.settings import API_PATH, CONTROL_PATH

DEMO_KEY = "sk_live_demo"


def levers(url: str, access: Access) -> str:
    """In a line, where the levers and their console are, and who may pull them."""
    if access.refusal is not None:
        return access.refusal
    asked = "   (ask for X-Mock-Control-Token)" if access.token is not None else ""
    return f"{access.url or url}{CONTROL_PATH}/{asked}"


def text(url: str, levers: str) -> str:
    """The banner: where the mock and the console of its levers are, a key that works, and a first call to paste."""
    return f"""
  postfuze-mock {__version__}: an offline Postfuze

  API        {url}{API_PATH}
  Reference  {url}/docs
  Console    {levers}
  Key        {DEMO_KEY}   (any sk_live_NAME or sk_test_NAME opens a world of its own)

  Try it:
    curl "{url}{API_PATH}/social-accounts?platform=x" -H "Authorization: Bearer {DEMO_KEY}"

  Ctrl-C ends it.
"""
