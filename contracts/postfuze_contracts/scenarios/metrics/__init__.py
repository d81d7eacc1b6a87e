"""Metrics: one value, live or stored; the series of a window; or word that there is none yet."""

from postfuze_contracts.scenarios.metrics import fallback, milliseconds, series, value, windows

__all__ = ["fallback", "milliseconds", "series", "value", "windows"]
