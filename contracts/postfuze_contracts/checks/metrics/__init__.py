"""Judges metrics: one value, live or stored; the series of a window; or the message that there is none yet."""
