"""The checks of errors, with a deployment that does not refuse bad requests."""

from __future__ import annotations

from tests.contracts.family.judgement import checks_of, failed
from tests.contracts.family.mock import Mock
from tests.contracts.family.wire import Request, Response

LIST, METRICS = "listSocialAccounts", "getSocialAccountMetrics"


def test_ignoring_malformed_parameters_is_not_a_failure(mock: Mock) -> None:
    async def ignore_parameters(request: Request) -> Response:
        response = await request.send()
        return await request.to("GET", request.path).send() if response.status == 400 else response

    for operation in (LIST, METRICS):
        mock.handle(operation, ignore_parameters)
    with mock.served() as deployment:
        assert not failed(deployment.judge(checks_of("errors")))
