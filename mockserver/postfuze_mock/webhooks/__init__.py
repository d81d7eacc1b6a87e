"""Delivers events: whatever the receiver does, no call of the API waits for it, and no other world."""
