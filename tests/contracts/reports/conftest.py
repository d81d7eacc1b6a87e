"""The reports of the sample run, rendered once."""

from __future__ import annotations

import pytest
from tests.contracts.reports import sample


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """All reports by format, with the default settings."""
    return sample.report(sample.events(), tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="session")
def open_reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The same with `show_bodies`."""
    return sample.report(sample.events(), tmp_path_factory.mktemp("open"), show_bodies=True)


@pytest.fixture(scope="session")
def fault_reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """All reports of a run whose target could not be reached."""
    return sample.report(sample.fault(), tmp_path_factory.mktemp("fault"))
