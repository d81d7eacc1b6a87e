"""Judges the rest of the connect flow: the pages of a session, refusals, and the accounts of selected pages.

A check that does not use up its session puts it back. So most checks share one fresh session; races, pages of another
session and selections of all pages need more.
"""
