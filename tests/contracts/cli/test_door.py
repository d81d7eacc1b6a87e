"""A target without the contract: few requests, none of them a write, one sentence, exit code 3."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.contracts.cli.commands import Result, contracts
from tests.contracts.cli.targets import Request, Response, Stub, changed_mock, served, stub
from tests.contracts.family import wire
from tests.contracts.family.mock import Deployment

ONE = ("--only", "health.unknown")
JSON, HTML, PROBLEM = "application/json", "text/html", "application/problem+json"
PAGE = b'{"data": [], "next_cursor": null}'


def result_of(url: str, folder: Path, *arguments: str, key: str = "sk_test_door") -> Result:
    return contracts("run", "--url", url, "--access", "full", *arguments, cwd=folder, env={"POSTFUZE_KEY": key})


def sentences(result: Result) -> list[str]:
    return result.stderr.splitlines()


def _everything(status: int, media_type: str, body: bytes) -> Callable[[Request], Response]:
    return lambda _: Response(status, {"Content-Type": media_type}, body)


def _problem(status: int) -> bytes:
    return json.dumps({"type": "about:blank", "title": "x", "status": status, "detail": "x"}).encode()


@pytest.mark.parametrize(
    "respond",
    [
        _everything(404, JSON, b'{"error": "no such route"}'),
        _everything(404, PROBLEM, _problem(404)),
        _everything(200, HTML, b"<html><form action=/login></form></html>"),
        _everything(200, JSON, b'{"hello": "world"}'),
        _everything(200, JSON, b"[]"),
        _everything(404, "text/plain", b"404 page not found"),
        _everything(500, HTML, b"<h1>Error</h1>"),
        _everything(405, JSON, b"{}"),
    ],
    ids=["JSON 404", "problem 404", "login page", "JSON object", "JSON array", "text 404", "HTML 500", "405"],
)
@pytest.mark.parametrize("path", ["", "/api/v1", "/some/where"])
def test_another_service_gets_at_most_ten_reads_and_one_sentence(
    respond: Callable[[Request], Response], path: str, tmp_path: Path
) -> None:
    with served(Stub(respond)) as target:
        result = result_of(target.url + path, tmp_path, "--report", "json=run.json")
    assert result.returncode == 3
    assert len(sentences(result)) == 1
    assert f"{target.url}{path} does not answer like the contract: /social-accounts answers" in result.stderr
    assert len(target.requests) <= 10
    assert {request.partition(" ")[0] for request in target.requests} == {"GET"}
    report = json.loads((tmp_path / "run.json").read_text())
    assert "does not answer like the contract" in report["run"]["fault"]
    assert {need["id"] for each in report["statements"] for need in each["needs"]} == {"target.contract"}


@pytest.mark.parametrize("wrong", ["", "/v1", "/api", "/api/v1/social-accounts", "/docs"])
def test_right_url_is_named(wrong: str, server: Deployment, tmp_path: Path) -> None:
    result = result_of(server.root + wrong, tmp_path)
    assert result.returncode == 3
    assert sentences(result)[0].endswith(f"; the right URL is {server.url}")


@pytest.mark.parametrize("prefix", ["/v1", "/api", "", "/tenant/api/v1"])
def test_right_url_is_named_at_each_usual_prefix(prefix: str, tmp_path: Path) -> None:
    def respond(request: Request) -> Response:
        if request.path.startswith(f"{prefix}/social-accounts?"):
            return Response(200, {"Content-Type": JSON}, PAGE)
        return Response(404, {"Content-Type": JSON}, b"{}")

    with served(Stub(respond)) as target:
        result = result_of(f"{target.url}/tenant" if "tenant" in prefix else f"{target.url}/api/v1", tmp_path)
    assert result.returncode == 3
    assert result.stderr.endswith(f"; the right URL is {target.url}{prefix}\n")
    assert len(target.requests) <= 10


def test_redirect_names_the_base_that_it_leads_to_without_its_query(tmp_path: Path) -> None:
    location = "https://api.example.com/api/v1/social-accounts?limit=1&state=to-hide"
    with stub(308, headers={"Location": location}) as target:
        result = result_of(target.url, tmp_path)
    assert result.returncode == 3
    assert result.stderr.endswith("redirects (308); use the URL that it redirects to: https://api.example.com/api/v1\n")
    assert "to-hide" not in result.stdout + result.stderr
    assert len(target.requests) == 1


def test_login_page_behind_a_redirect_is_named(tmp_path: Path) -> None:
    with stub(302, headers={"Location": "https://login.example.com/start?state=x"}) as target:
        result = result_of(target.url, tmp_path)
    assert "redirects (302) to https://login.example.com/start; use the URL of the API itself" in result.stderr


@pytest.mark.parametrize("location", ["http://[::1", "//[", "//a/[b", "x" * 60_000])
def test_redirect_to_nonsense_is_one_sentence(location: str, tmp_path: Path) -> None:
    with stub(302, headers={"Location": location}) as target:
        result = result_of(target.url, tmp_path)
    assert result.returncode == 3
    assert len(sentences(result)) == 1
    assert "redirects (302) to " in result.stderr
    assert len(result.stderr) < 5_000


def test_refused_key_is_one_sentence(url: str, tmp_path: Path) -> None:
    result = result_of(url, tmp_path, key="sk_test_door_revoked")
    assert result.returncode == 3
    assert sentences(result) == [f"postfuze-contracts: {url} refuses the API key: 401 (Invalid or expired API key.)"]


def test_refusal_that_is_not_the_documented_one_casts_doubt_on_the_url(tmp_path: Path) -> None:
    with stub(401, b"<h1>Sign in</h1>", {"Content-Type": HTML}) as target:
        result = result_of(target.url, tmp_path)
    assert result.returncode == 3
    assert "refuses the API key: 401; this is not the documented refusal, so check the URL, too" in result.stderr
    assert len(target.requests) <= 10


def test_target_that_asks_to_wait_too_long_is_not_available(tmp_path: Path) -> None:
    with stub(503, headers={"Retry-After": "100000"}) as target:
        result = result_of(target.url, tmp_path)
    assert result.returncode == 3
    assert "is not available now: listing the accounts answers 503" in result.stderr
    assert len(target.requests) == 1


@pytest.mark.parametrize("has_health", [True, False])
def test_deployment_with_a_broken_list_is_judged(has_health: bool, tmp_path: Path) -> None:
    def change(request: wire.Request, response: wire.Response) -> wire.Response:
        if request.operation == "listSocialAccounts":
            return response.with_body({"items": []})
        is_health = request.operation == "getServiceHealth" and not has_health
        return wire.Response.of(404, {"error": "no such route"}) if is_health else response

    with changed_mock("*", change) as target:
        result = result_of(target.url, tmp_path, "--only", "list.envelope,get.unknown")
    assert result.returncode == 1
    assert "list.envelope" in result.stdout
