"""The checks of account health probe only accounts that may be probed."""

from __future__ import annotations

from tests.contracts.family.judgement import checks_of, failed
from tests.contracts.family.mock import Mock
from tests.contracts.family.wire import Request, Response

from postfuze_contracts.model.options import Access


def test_only_probeable_accounts_are_probed(mock: Mock) -> None:
    probed: set[str] = set()

    def record(request: Request, response: Response) -> Response:
        probed.add(request.id)
        return response

    mock.responses("getSocialAccountHealth", record)
    with mock.served() as deployment:
        ids = [row["account"]["id"] for row in deployment.control.get_state()["accounts"][:3]]
        assert not failed(deployment.judge(checks_of("health"), access=Access.PROBE, probe=tuple(ids)))
    existing = {id for id in probed if len(id) == len(ids[0]) and not id.startswith("00000000-dead")}
    assert existing == set(ids)
