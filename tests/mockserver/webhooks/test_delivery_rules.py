"""What openapi.yaml says of deliveries (`x-webhook-delivery`) is what the mock does."""

from __future__ import annotations

from postfuze_mock import signatures, spec
from postfuze_mock.domain import webhooks
from postfuze_mock.webhooks import sender

RULES = spec.load()["x-webhook-delivery"]


def test_receiver_has_the_time_of_the_specification() -> None:
    assert RULES["timeout_seconds"] == sender.TIMEOUT


def test_failed_delivery_is_tried_again_after_the_pauses_of_the_specification() -> None:
    assert tuple(RULES["retry_after_seconds"]) == webhooks.PAUSES


def test_signature_may_be_as_old_as_the_specification_says() -> None:
    assert RULES["signature_tolerance_seconds"] == signatures.TOLERANCE
