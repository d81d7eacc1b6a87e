"""An invalid specification is refused with one sentence."""

from __future__ import annotations

import pytest

from postfuze_mock import spec
from postfuze_mock.app import make_worlds, serve
from postfuze_mock.settings import Settings
from postfuze_mock.spec import SpecificationError


@pytest.mark.parametrize(
    ("text", "replacement", "reason"),
    [
        ('"#/components/schemas/ServiceHealth"', '"#/components/schemas/Missing"', "components/schemas/Missing"),
        ("openapi: 3.", "openapi: 9.", "/openapi"),
        ("\npaths:", "\nroutes:", "no paths"),
        ("      responses:", "      answers:", "'responses' is a required property"),
        ("operationId: getServiceHealth", "operationId: getWeather", "getWeather"),
        ("operationId: getServiceHealth", "operationId: [getServiceHealth", "not valid YAML"),
    ],
)
def test_invalid_specification_is_refused_in_one_sentence(text: str, replacement: str, reason: str) -> None:
    content = spec.load_bytes().replace(text.encode(), replacement.encode(), 1)
    settings = Settings()

    with pytest.raises(SpecificationError) as refusal:
        serve(settings, make_worlds(settings), content)

    message = str(refusal.value)
    assert message.startswith("openapi.yaml is ")
    assert reason in message
    assert "\n" not in message
    assert len(message) < 400
