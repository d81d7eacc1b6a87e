"""Scripted faults: when they apply, and what they do."""
