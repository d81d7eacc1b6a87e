"""Judges which API keys are refused, and what the others may do."""
