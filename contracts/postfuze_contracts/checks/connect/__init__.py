"""Judges how the connect flow is completed: the pages that a session offers, refusals, and what selected pages become.

A check that leaves a session unused puts it back, so one fresh session serves them all. The race takes a second one; a
page of another session and a selection of all pages take more.
"""
