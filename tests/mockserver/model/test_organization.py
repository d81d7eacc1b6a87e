"""The server responds like the model, whatever happens to an organization."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.mockserver.model.account_rules import AccountRules
from tests.mockserver.model.connect_rules import ConnectRules
from tests.mockserver.model.inspection_rules import InspectionRules
from tests.support.processes import MockProcess

# Explanations and multiple failures would need many replays, each over real HTTP.
PHASES = (Phase.generate, Phase.shrink)
QUICK = settings(
    max_examples=40,
    stateful_step_count=50,
    phases=PHASES,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
LONG = settings(QUICK, max_examples=500, stateful_step_count=100)


class OrganizationMachine(AccountRules, ConnectRules, InspectionRules):
    """All rules for an organization."""


@pytest.mark.parametrize(
    "effort", [pytest.param(QUICK, id="2,000 steps"), pytest.param(LONG, id="50,000 steps", marks=pytest.mark.slow)]
)
def test_server_responds_like_the_model(validating: MockProcess, effort: settings) -> None:
    class Served(OrganizationMachine):
        caller, neighbour = validating.caller("sk_live_model"), validating.caller("sk_live_neighbour")
        mock = validating.client("model")

    run_state_machine_as_test(Served, settings=effort)
