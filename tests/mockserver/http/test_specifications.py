"""The specifications, served as files."""

from __future__ import annotations

import pytest
import yaml
from tests.support.servers import RunningMock

from postfuze_mock import openapi_3_1, spec


@pytest.mark.parametrize(
    ("path", "media_type"), [("/openapi-3.1.yaml", "application/yaml"), ("/openapi-3.1.json", "application/json")]
)
def test_openapi_3_1_is_served(server: RunningMock, path: str, media_type: str) -> None:
    response = server.request("GET", path, {})

    assert response.status_code == 200
    assert response.headers["content-type"].split(";")[0] == media_type
    assert yaml.safe_load(response.text) == openapi_3_1.derived(spec.load())
