"""The size of the family that is judged."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--family-every`, which pytest knows if it is called with this folder: `pytest tests/contracts/family`."""
    parser.addoption(
        "--family-every", type=int, default=1, metavar="N", help="judge only every Nth broken deployment of the family"
    )
