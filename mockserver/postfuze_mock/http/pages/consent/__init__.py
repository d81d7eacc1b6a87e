"""A stand-in for the platform's consent screen: what an `auth_url` opens, and where it sends the browser next.

A person presses a button; a script adds `decision=…` to the URL. Both have the same effect.
"""

from postfuze_mock.http.pages.consent.screen import routes

__all__ = ["routes"]
