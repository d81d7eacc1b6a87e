"""`--metrics`: what /metrics says, and who may read it."""

from __future__ import annotations

import http.client
import sys
from pathlib import Path

import pytest
from tests.mockserver.conftest import Start
from tests.support import children
from tests.support.metrics import Scrape, scrape
from tests.support.processes import program_environment
from tests.support.servers import LocalMock
from tests.support.times import PATIENCE, until

KEY = "sk_test_acme"


@pytest.fixture
def mock(start: Start) -> LocalMock:
    return start("--metrics")


def test_requests_are_counted_by_operation_and_status(mock: LocalMock) -> None:
    caller = mock.caller(KEY)
    id = caller.get("/social-accounts", limit=1).json["data"][0]["id"]
    for _ in range(3):
        caller.get(f"/social-accounts/{id}")
    caller.get("/social-accounts/unknown")
    caller.get("/nothing")
    values = scrape(caller)

    assert values["requests_total{operation=getSocialAccount,status=200}"] == 3
    assert values["requests_total{operation=getSocialAccount,status=404}"] == 1
    assert values["requests_total{operation=none,status=404}"] == 1
    assert values.sum("requests_total") == 6
    assert values["request_duration_seconds_count{operation=getSocialAccount}"] == 4
    assert values["request_duration_seconds_bucket{le=+Inf,operation=getSocialAccount}"] == 4
    assert values["request_duration_seconds_sum{operation=getSocialAccount}"] > 0


def test_call_without_a_response_has_no_status(mock: LocalMock) -> None:
    caller = mock.caller(KEY)
    mock.client("acme").create_fault(operation="getServiceHealth", effect={"drop": "empty"})
    with pytest.raises(http.client.RemoteDisconnected):
        caller.get("/health")

    assert scrape(mock.caller(KEY))["requests_total{operation=getServiceHealth,status=none}"] == 1


def test_deliveries_are_counted_by_outcome(mock: LocalMock) -> None:
    client = mock.client("acme")
    client.put_webhooks([{"url": client.inbox.url}, {"url": "http://127.0.0.1:1/nobody"}])
    client.delete_account(client.create_account()["id"])
    client.inbox.wait_for("account.disconnected", timeout=PATIENCE)
    caller = mock.caller(None)
    until(lambda: scrape(caller).get("deliveries_total{outcome=failed}", 0) >= 1, "an attempt that fails")

    assert scrape(caller)["deliveries_total{outcome=delivered}"] == 1


def test_engine_and_process_are_described(mock: LocalMock) -> None:
    values = scrape(mock.caller(KEY))
    mock.caller(KEY).get("/social-accounts")
    later = scrape(mock.caller(KEY))

    assert (values["worlds"], later["worlds"]) == (0, 1)
    assert (values["engine_up"], values["processes"]) == (1, 1)
    assert values.sum("info") == 1
    assert values["connections"] >= 1
    assert values["resident_memory_bytes"] > 0 or sys.platform != "linux"


def test_scrapes_are_in_no_journal(mock: LocalMock) -> None:
    scrape(mock.caller(None))

    assert mock.client("demo").list_requests() == []


def test_metrics_are_off_by_default(start: Start) -> None:
    assert start().caller(KEY).call("GET", "/metrics").status == 404


def test_metrics_need_the_control_token_in_its_header_or_as_a_bearer_token(start: Start) -> None:
    caller = start("--metrics", "--control-token", "s3cret").caller(None)

    assert caller.call("GET", "/metrics").status == 401
    assert caller.call("GET", "/metrics", key="sk_test_acme").status == 403
    assert isinstance(scrape(caller, **{"X-Mock-Control-Token": "s3cret"}), Scrape)
    assert isinstance(scrape(caller, Authorization="Bearer s3cret"), Scrape)


def test_metrics_are_guarded_like_the_control_api(start: Start) -> None:
    caller = start("--metrics").caller(None)

    assert caller.call("GET", "/metrics", Origin="http://evil.test").status == 403
    assert caller.call("GET", "/metrics", Host="evil.test").status == 421
    assert start("--metrics", "--no-control").caller(None).call("GET", "/metrics").status == 403


def test_metrics_are_at_the_control_port(start: Start) -> None:
    mock = start("--metrics", "--control-port", "0")

    assert mock.caller(None).call("GET", "/metrics").status == 404
    assert scrape(mock.caller(None, mock.control_url))["engine_up"] == 1


@pytest.mark.process(quick=True)
def test_server_in_memory_imports_nothing_of_metrics_engines_or_workers(tmp_path: Path) -> None:
    code = """
import sys
from postfuze_mock.cli import start, serve
settings = serve.Settings()
serve.server_config(settings, serve.make_worlds(settings))
unused = {"prometheus_client", "psycopg", "postfuze_mock.state.sql", "postfuze_mock.cli.workers"}
unused |= {"sqlite3"} if "coverage" not in sys.modules else set()
print(unused & {*sys.modules})
"""
    result = children.run([sys.executable, "-c", code], cwd=tmp_path, env=program_environment())

    assert (result.stdout, result.stderr) == (b"set()\n", b"")


@pytest.mark.process(quick=True)
def test_missing_library_is_told(tmp_path: Path) -> None:
    without = (
        "import sys; sys.modules['prometheus_client'] = None; from postfuze_mock.cli import main; sys.exit(main())"
    )
    result = children.run(
        [sys.executable, "-c", without, "serve", "--port", "0", "--metrics"], cwd=tmp_path, env=program_environment()
    )

    assert result.returncode == 2
    assert result.stderr == b'postfuze-mock: --metrics needs a library: pip install "postfuze-mock[metrics]"\n'
