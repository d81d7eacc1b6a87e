"""Metrics: one value, live or stored; the series of a window; or word that there is none yet."""
