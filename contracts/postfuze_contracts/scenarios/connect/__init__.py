"""Completing the connect flow: the pages that a session offers, refusals, and what selected pages become.

Checks that leave a session as it was put it back: one fresh session serves them all, the race takes a second. Only a
page of another session, and a selection of all pages, take more.
"""

from postfuze_contracts.scenarios.connect import offers, outcomes, refusals, selections

__all__ = ["offers", "outcomes", "refusals", "selections"]
