"""What a newcomer sees first."""

from __future__ import annotations

from postfuze_mock import __version__
from postfuze_mock.settings import API_PATH

DEMO_KEY = "sk_live_demo"


def text(url: str) -> str:
    """The banner: where the mock is, a key that works, and a first call to paste."""
    return f"""
  postfuze-mock {__version__}: an offline Postfuze

  API        {url}{API_PATH}
  Reference  {url}/docs
  Key        {DEMO_KEY}   (any sk_live_NAME or sk_test_NAME opens a world of its own)

  Try it:
    curl "{url}{API_PATH}/social-accounts?platform=x" -H "Authorization: Bearer {DEMO_KEY}"

  Ctrl-C ends it.
"""
