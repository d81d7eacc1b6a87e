"""The checks of errors, with a deployment that does not refuse bad requests."""

from __future__ import annotations

import pytest
from tests.contracts.family.judgement import checks_for, checks_of, failed
from tests.contracts.family.mock import Deployment, Mock
from tests.contracts.family.wire import Request, Response

from postfuze_contracts.model.options import Access
from postfuze_contracts.target.client import Client
from postfuze_contracts.target.guard import OUTSIDE, NotAllowed
from postfuze_contracts.target.target import Target

LIST, METRICS = "listSocialAccounts", "getSocialAccountMetrics"


def test_ignoring_malformed_parameters_is_not_a_failure(mock: Mock) -> None:
    async def ignore_parameters(request: Request) -> Response:
        response = await request.send()
        return await request.to("GET", request.path).send() if response.status == 400 else response

    for operation in (LIST, METRICS):
        mock.handle(operation, ignore_parameters)
    with mock.served() as deployment:
        assert not failed(deployment.judge(checks_of("errors")))


def test_unknown_paths_and_wrong_methods_are_called_with_any_access(mock: Mock) -> None:
    calls: set[tuple[str, str]] = set()

    def record(request: Request, response: Response) -> Response:
        calls.add((request.method, request.path))
        return response

    mock.responses("", record)
    with mock.served() as deployment:
        deployment.judge(checks_for({"errors.problem-document"}, generated=False), access=Access.PASSIVE)
    assert set(OUTSIDE) <= calls


def test_call_that_is_no_operation_is_only_allowed_where_it_changes_nothing(deployment: Deployment) -> None:
    options = deployment.options()
    with pytest.raises(NotAllowed):
        Target(options, Client(options)).call_outside("DELETE", "/social-accounts")
