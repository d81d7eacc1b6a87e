"""Delivers events in the background: a slow receiver delays no call of the API and no other world."""
