"""The platform's consent screen, played by the mock: what `auth_url` opens, and where it sends the browser in the end.

A person presses a button; whoever has no browser adds `decision=…` to the URL. Both come to the same.
"""

from postfuze_mock.http.pages.consent.screen import routes

__all__ = ["routes"]
