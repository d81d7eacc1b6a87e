"""How much of the family is judged."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--family-every N`. It only works when pytest is given this folder."""
    parser.addoption(
        "--family-every", type=int, default=1, metavar="N", help="judge only every Nth broken deployment of the family"
    )
