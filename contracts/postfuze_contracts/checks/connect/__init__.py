"""Completing the connect flow: the pages that a session offers, refusals, and what selected pages become.

Checks that leave a session as it was put it back: one fresh session serves them all, the race takes a second. Only a
page of another session, and a selection of all pages, take more.
"""
