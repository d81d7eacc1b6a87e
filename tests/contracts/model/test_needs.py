"""What is missing says what to set, as a flag or a variable that there is."""

from __future__ import annotations

import pytest

from postfuze_contracts.cli.arguments import parser
from postfuze_contracts.config.settings import SETTINGS
from postfuze_contracts.model import needs
from postfuze_contracts.model.needs import Need

NEEDS = {name: value for name, value in vars(needs).items() if isinstance(value, Need)}
READY = {name: need for name, need in NEEDS.items() if need.setting}
VARIABLES = {setting.variable for setting in SETTINGS.values()}


@pytest.mark.parametrize("need", READY.values(), ids=READY)
def test_what_to_set_is_a_flag_or_a_variable(need: Need) -> None:
    if need.setting.startswith("--"):
        parser().parse_args(["run", *need.setting.split()])
    else:
        assert need.setting.partition("=")[0] in VARIABLES


def test_each_key_and_session_that_is_missing_can_be_set() -> None:
    alone = {need.id for need in READY.values()}
    assert {need.id for need in NEEDS.values() if need.id.partition(".")[0] in ("keys", "sessions", "access")} <= alone
