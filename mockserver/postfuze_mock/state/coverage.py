"""The interface of the coverage that an engine stores: one document for all worlds."""

from __future__ import annotations

from typing import Protocol


class CoverageDocument(Protocol):
    """The document. Each method is called in a transaction."""

    def load(self) -> bytes:
        """The document, first `{}`. In a transaction that writes, others that would change it wait."""

    def store(self, document: bytes) -> None:
        """Replace the document."""
