"""The generated checks: what they catch alone, and that their writes name no existing resource."""

from __future__ import annotations

import pytest
from tests.contracts.family.judgement import checks_of, failed, judge
from tests.contracts.family.members import BROKEN, Variant
from tests.contracts.family.mock import Deployment

from postfuze_contracts.checks.generated.cases import Sendable, generate
from postfuze_contracts.checks.generated.operations import harmless
from postfuze_contracts.model.operations import DELETE, FINALIZE, HEALTH, LIST, MISSING_ID, MISSING_SESSION
from postfuze_contracts.model.options import Options

UNUSED = Options("http://unused.invalid")
#: Variants that any request can expose.
SHOWN_BY_ANY_REQUEST = {
    *("accounts.short_list", "get.scopes_in_a_text", "get.null_updated", "get.numbered_status"),
    *("get.no_offset", "metrics.counts_in_texts", "responses.text_lists", "errors.every_title"),
    *("errors_crashes.bad_limit", "connect_pending.unknown_is_finalized"),
}
VARIANTS = [each for each in BROKEN if each.name in SHOWN_BY_ANY_REQUEST]


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS, ids=[each.name for each in VARIANTS])
def test_generated_checks_alone_catch_what_any_request_shows(variant: Variant) -> None:
    assert len(VARIANTS) == len(SHOWN_BY_ANY_REQUEST)
    judgement = judge(variant, checks_of("generated"))
    assert judgement.caught, str(judgement)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_mock_passes_with_every_seed(deployment: Deployment, seed: int) -> None:
    assert not failed(deployment.judge(checks_of("generated"), seed=seed))


@pytest.mark.parametrize("operation", [LIST, FINALIZE])
def test_equal_seeds_make_equal_requests(operation: str) -> None:
    assert list(generate(operation, UNUSED)) == list(generate(operation, UNUSED))


@pytest.mark.parametrize("operation", [DELETE, FINALIZE, HEALTH])
def test_generated_writes_name_no_existing_resource(operation: str) -> None:
    requests = [harmless(request) for request in generate(operation, UNUSED)]
    assert requests
    assert all(map(_hits_nothing, requests))


def _hits_nothing(request: Sendable) -> bool:
    id = request.path.get("id", "")
    return (
        request.path.get("sessionToken") == MISSING_SESSION
        or id == MISSING_ID
        or (request.operation == HEALTH and len(id) != len(MISSING_ID))
    )
