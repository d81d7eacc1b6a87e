"""The image of the Containerfile, in containers: read-only, without root, set up by the environment alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.e2e.container.engine import IMAGE, Container, Engine

OPEN = "--env=POSTFUZE_MOCK_CONTROL=open"
CLOCK = "/_mock/clock"


@pytest.fixture(scope="module")
def opened(engine: Engine) -> Iterator[Container]:
    """A container whose control API is open, for read-only tests."""
    with engine.container(OPEN, "--cap-drop=ALL", "--security-opt=no-new-privileges") as container:
        yield container


def configuration(engine: Engine) -> dict[str, Any]:
    document: list[dict[str, Any]] = json.loads(engine.output(engine.podman, "image", "inspect", IMAGE))
    return document[0]


def status(container: Container, path: str, **headers: str) -> int:
    return container.caller(None).call("GET", path, **headers).status


def test_api_answers_without_any_option(engine: Engine) -> None:
    with engine.container() as container:
        assert container.world("acme").page()["data"] != []
        assert status(container, CLOCK) == 403
        assert container.log.count("postfuze-mock ready at http://127.0.0.1:8080\n") == 1


def test_root_file_system_is_not_written_to(opened: Container) -> None:
    assert opened.inspect("{{.HostConfig.ReadonlyRootfs}}") == "true"
    assert opened.execute("sh", "-c", "touch /tmp/a || touch /data/a").returncode != 0
    assert "WARNING" not in opened.log


def test_user_is_a_number_other_than_root(engine: Engine, opened: Container) -> None:
    assert configuration(engine)["Config"]["User"] == "10001:10001"
    assert opened.execute("id", "-u").stdout == b"10001\n"


def test_any_other_user_will_do(engine: Engine) -> None:
    with engine.container("--user=12345:0") as container:
        assert container.execute("id", "-u").stdout == b"12345\n"


def test_health_check_is_the_programs_own(engine: Engine, opened: Container) -> None:
    check = configuration(engine)["Healthcheck"]["Test"]

    assert check == ["CMD", "postfuze-mock", "health"]
    result = opened.execute(*check[1:])
    assert (result.returncode, result.stderr) == (0, b"")
    assert opened.engine.run(opened.engine.podman, "healthcheck", "run", opened.identity).returncode == 0


def test_health_check_knows_another_port(engine: Engine) -> None:
    with engine.container("--env=POSTFUZE_MOCK_PORT=9000") as container:
        assert container.execute("postfuze-mock", "health").returncode == 0
        assert container.execute("postfuze-mock", "health", "http://127.0.0.1:8080").returncode == 1


def test_open_control_api_answers_this_machine(opened: Container) -> None:
    assert status(opened, CLOCK) == 200
    assert status(opened, CLOCK, Host="postfuze:8080") == 200
    assert status(opened, CLOCK, Host="evil.test") == 421


def test_token_opens_the_control_api(engine: Engine) -> None:
    with engine.container("--env=POSTFUZE_MOCK_CONTROL_TOKEN=s3cret") as container:
        assert status(container, CLOCK) == 401
        assert status(container, CLOCK, **{"X-Mock-Control-Token": "s3cret"}) == 200


def test_state_file_in_a_volume_survives_the_container(engine: Engine) -> None:
    options = (OPEN, "--env=POSTFUZE_MOCK_STATE_FILE=/data/state.json", "--volume=state:/data")
    with engine.container(*options) as container:
        account = container.client("acme").create_account(platform="x")
        assert container.halt()[0] == 0
    with engine.container(*options) as container:
        assert container.world("acme").get(account["id"])["id"] == account["id"]


def test_stop_is_prompt_and_in_good_order(engine: Engine) -> None:
    with engine.container() as container:
        code, took = container.halt()

    assert code == 0
    assert took < 10


def test_invalid_setting_is_one_sentence(engine: Engine) -> None:
    result = engine.run(engine.podman, "run", "--rm", "--read-only", "--env=POSTFUZE_MOCK_SEED=one", IMAGE)

    assert result.returncode != 0
    assert b"POSTFUZE_MOCK_SEED" in result.stderr
    assert b"Traceback" not in result.stderr


def test_image_has_the_mock_and_nothing_to_install_with(opened: Container) -> None:
    assert opened.execute("postfuze-mock", "--version").returncode == 0
    assert opened.execute("sh", "-c", "ls /src").returncode != 0
    assert opened.execute("/opt/postfuze-mock/bin/python", "-m", "pip", "--version").returncode != 0


def test_cache_is_filled_when_the_image_is_built(opened: Container) -> None:
    """So a start compiles nothing."""
    opened.world("acme").page()
    program = "from postfuze_fixtures import cache; print(*sorted(each.name for each in cache.folder().iterdir()))"
    names = opened.execute("/opt/postfuze-mock/bin/python", "-c", program).stdout.decode().split()
    makers = {name.rpartition("-")[0] for name in names}

    assert makers >= {"names", "openapi", "control", "operations-_mock", "operations-api-v1"}
    readable = opened.execute("sh", "-c", "cat /opt/postfuze-mock/cache/postfuze-mock/*.json >/dev/null")
    assert readable.returncode == 0


def test_labels_describe_the_image(engine: Engine) -> None:
    labels = configuration(engine)["Labels"]

    names = ("title", "description", "licenses")
    assert all(labels[f"org.opencontainers.image.{name}"] for name in names)
