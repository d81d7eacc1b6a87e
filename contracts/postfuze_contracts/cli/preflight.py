"""The first calls of a command. They show whether the target responds, has the contract, and accepts the key.

They only read, and are at most ten. What decides is whether the list of accounts answers like the contract: with a
page, or with the documented refusal of a key. A deployment whose list is broken shows by its `/health`, or by the
problem document for an unknown account, that it has the contract all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from urllib.parse import urlsplit

from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, Request, describe
from postfuze_contracts.model.needs import Need
from postfuze_contracts.model.operations import GET, LIST, MISSING_ID, SERVICE_HEALTH
from postfuze_contracts.model.options import Options
from postfuze_contracts.target.client import Client, Unreachable

_PREFIXES = ("/api/v1", "/v1", "/api", "")
_MAX_CALLS = 10
_LIST_PATH = "/social-accounts"


class NotJudgeable(Unreachable):
    """The target responds, but cannot be judged: `need` says why in general, the message here."""

    def __init__(self, need: Need, message: str) -> None:
        super().__init__(message)
        self.need = need


def preflight(options: Options, client: Client) -> None:
    """List one account. Raises Unreachable if nothing can be judged, with a sentence that says why."""
    try:
        response = _first_page(options, client, patient=True)
    except Unreachable as error:
        via = " through the proxy" if options.proxy is not None else ""
        raise Unreachable(f"{options.url} cannot be reached{via}: {_reason(error)}") from error
    if is_page(response):
        return
    _refuse_gateways(options, response)
    refuses = response.status in (401, 403)
    if not refuses and _has_contract(options, client, response):
        return
    documented = refuses and _is_problem(response)
    elsewhere = _elsewhere(options, client, or_refused=not documented)
    if refuses and elsewhere is None:
        doubt = "" if documented else "; this is not the documented refusal, so check the URL, too"
        raise NotJudgeable(needs.KEY_REFUSED, f"{options.url} refuses the API key: {describe(response)}{doubt}")
    raise NotJudgeable(needs.NO_CONTRACT, _sentence(options, response, elsewhere))


def is_page(response: Exchange) -> bool:
    """Whether the list answers with a page of accounts."""
    return response.status == 200 and isinstance(response.member("data"), list)


def _first_page(options: Options, client: Client, *, patient: bool = False) -> Exchange:
    request = Request(LIST, "GET", _LIST_PATH, (("limit", "1"),), key="full")
    return client.send(request, options.keys.full, patient=patient, bearing=patient)


def _refuse_gateways(options: Options, response: Exchange) -> None:
    """Raise NotJudgeable for what a proxy or a gateway says."""
    if response.status == 407:
        problem = "cannot be reached through the proxy: it responds with 407; add user and password to its URL"
    elif 300 <= response.status < 400:
        problem = f"redirects ({response.status}){_destination(response)}"
    elif response.status in (429, 502, 503, 504):
        problem = f"is not available now: listing the accounts answers {describe(response)}"
    else:
        return
    raise NotJudgeable(needs.UNREACHABLE, f"{options.url} {problem}")


def _destination(response: Exchange) -> str:
    """Where a redirect leads, without the list's own path and without any query, which may hold secrets."""
    try:
        parts = urlsplit(response.response.headers.get("location", ""))
    except ValueError:
        return " to what is no URL"
    place = parts._replace(query="", fragment="", netloc=parts.netloc.rpartition("@")[2]).geturl()
    is_base = place.rstrip("/").endswith(_LIST_PATH)
    base = place.rstrip("/").removesuffix(_LIST_PATH)
    if parts.netloc and is_base:
        return f"; use the URL that it redirects to: {base}"
    return f" to {place}; use the URL of the API itself" if place else "; use the URL that it redirects to"


def _is_problem(response: Exchange) -> bool:
    """Whether this is a problem document, nearly enough to be one of a broken deployment."""
    has_type = response.response.media_type == "application/problem+json"
    members = {"type", "title", "status", "detail"} & set(response.json if isinstance(response.json, dict) else ())
    return isinstance(response.json, dict) and (has_type or len(members) > 2)


def _has_contract(options: Options, client: Client, response: Exchange) -> bool:
    """Whether a target whose list is broken has the contract, because other operations answer like it."""
    with suppress(Unreachable):
        health = client.send(Request(SERVICE_HEALTH, "GET", "/health"), None, patient=False)
        if health.status == 200 and health.member("service") == "PostFuze":
            return True
        if response.json is not None and response.status not in (404, 405, 501):
            account = client.send(Request(GET, "GET", f"{_LIST_PATH}/{MISSING_ID}"), options.keys.full, patient=False)
            return account.status == 404 and _is_problem(account)
    return False


def _elsewhere(options: Options, client: Client, *, or_refused: bool) -> str | None:
    """The first of the usual bases on the same host whose list answers with a page, `or_refused` also one that refuses
    the key as documented."""
    for url in _candidates(options.url):
        if client.requests >= _MAX_CALLS:
            break
        with suppress(Unreachable), closing(Client(replace(options, url=url), budget=client.budget)) as other:
            exchange = _first_page(options, other)
            if is_page(exchange) or (or_refused and exchange.status == 401 and _is_problem(exchange)):
                return url
    return None


def _sentence(options: Options, response: Exchange, elsewhere: str | None) -> str:
    """What is said of a target without the contract, with the URL that would be right if there is one."""
    answer = f"{response.status}" + (f" ({response.response.media_type})" if response.response.media_type else "")
    advice = (
        "give the URL that the paths of openapi.yaml are relative to, such as https://HOST/api/v1"
        if elsewhere is None
        else f"the right URL is {elsewhere}"
    )
    return f"{options.url} does not answer like the contract: {_LIST_PATH} answers {answer}; {advice}"


def _candidates(url: str) -> Iterator[str]:
    """The usual bases on the same host: below its root, and below the path of `url`. Not `url` itself."""
    parts = urlsplit(url)
    root = parts._replace(path="").geturl()
    bases = dict.fromkeys([*(root + prefix for prefix in _PREFIXES), *(url + prefix for prefix in _PREFIXES[:-1])])
    yield from (base for base in bases if base != url)


def _reason(error: Unreachable) -> str:
    """The system's message on a failed connection."""
    cause = str(error.__cause__ or "").strip() or str(error)
    unknown_authority = "CERTIFICATE_VERIFY_FAILED" in cause
    return cause + ("; pass a private authority's certificates with --ca-bundle" if unknown_authority else "")
