"""Listing accounts: pages, walks, order, cursors and filters."""

from postfuze_contracts.scenarios.list import changes, cursors, filters, order, pages, pairs, walks

__all__ = ["changes", "cursors", "filters", "order", "pages", "pairs", "walks"]
