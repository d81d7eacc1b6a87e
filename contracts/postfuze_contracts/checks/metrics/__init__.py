"""Judges metrics: one live or stored value, the series of a window, or the message that there is none yet."""
