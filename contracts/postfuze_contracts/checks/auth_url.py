"""Judges the start of the connect flow: the URL for the user's browser, and whether its state reveals anything."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Blocked, Judge
from postfuze_contracts.engine.registry import check
from postfuze_contracts.engine.survey import PLATFORMS
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import CREATE_AUTH_URL
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target

REDIRECT = "https://contracts.example.com/connected"
TENANTS = ("contract-tenant-one", "contract-tenant-two")
APP = "com.example.contracts:/connected"  # RFC 8252, section 7.1
ELSEWHERE = "https://contracts.example.com/elsewhere"
_DEPTH = 4  # nested encodings, and nested URLs
_MAX_URL = 64 * 1024  # characters; no server takes a longer one
_MAX_DECODED = 1024 * 1024  # characters of all that is decoded from a URL, for each level of encoding


def start(target: Target, platform: str, body: dict[str, str] | None) -> Exchange:
    """Start the connect flow of a platform."""
    return target.call(CREATE_AUTH_URL, path={"platform": platform}, body=body)


def startable(target: Target) -> tuple[str | None, list[Exchange]]:
    """A platform whose connect flow can be started, or None, with the exchanges of all attempts. The platforms of the
    organization's accounts come first, because others may not be set up."""
    platforms = [account.get("platform") for account in survey.accounts(target, at_least=0)]
    tenant = {"tenant_id": TENANTS[0]}
    bodies: tuple[dict[str, str] | None, ...] = (None, {}, tenant, {**tenant, "redirect_uri": REDIRECT})
    exchanges: list[Exchange] = []
    for platform in dict.fromkeys([*(name for name in platforms if name in PLATFORMS), *PLATFORMS]):
        for body in bodies:
            exchanges.append(start(target, platform, body))
            if exchanges[-1].status < 300:
                return platform, exchanges
    return None, exchanges


@check("auth-url.url", access=Access.FULL, writes="starts connect flows that are never completed")
def the_url(target: Target, judge: Judge) -> None:
    """Start the connect flow with both members of the body, with either, with neither, and without a body."""
    platform, first = _first_flow(target, judge)
    exchanges = [first, start(target, platform, {}), start(target, platform, {"tenant_id": TENANTS[0]})]
    for exchange in exchanges:
        judge.expect("auth-url.url", exchange.status == 200, "200: body and members are optional", exchange)
    elsewhere = [
        start(target, platform, {"redirect_uri": REDIRECT, **more}) for more in ({"tenant_id": TENANTS[0]}, {})
    ]
    is_accepted = any(exchange.status == 200 for exchange in elsewhere)
    for exchange in elsewhere:  # a deployment may have a list of redirect targets, and refuse all others
        holds = exchange.status == 200 or (not is_accepted and 400 <= exchange.status < 500)
        judge.expect("auth-url.url", holds, "200 with `auth_url`: members are optional", exchange)
    exchanges += elsewhere
    exchanges += [start(target, other, {"tenant_id": TENANTS[0]}) for other in PLATFORMS if other != platform]
    for exchange in (each for each in exchanges if each.status < 300):
        url = exchange.member("auth_url")
        got = f"auth_url {url!r}"
        judge.expect("auth-url.url", _absolute(url), "an absolute URL, `auth_url`", exchange, got=got)


@check("auth-url.state", access=Access.FULL, writes="starts connect flows that are never completed")
def the_state(target: Target, judge: Judge) -> None:
    """Start the connect flow for two tenants and two redirect URIs, and try to read them from the URLs."""
    platform, _ = _first_flow(target)
    bodies = [{"redirect_uri": REDIRECT, "tenant_id": tenant} for tenant in TENANTS]
    first_with: dict[str, Exchange] = {}
    for body in (*bodies, {**bodies[0], "redirect_uri": ELSEWHERE}):
        exchange = start(target, platform, body)
        if exchange.status >= 300:  # not a registered redirect target
            exchange = start(target, platform, {"tenant_id": body["tenant_id"]})
        if exchange.status >= 300 or not isinstance(url := exchange.member("auth_url"), str):
            raise Blocked(needs.unexpected(f"starting the connect flow answered {exchange.status}"))
        if len(url) > _MAX_URL:
            raise Blocked(needs.unexpected(f"starting the connect flow answered a URL of {len(url):,} characters"))
        _expect_unreadable(judge, url, exchange)
        for state in _states(url):
            before = first_with.setdefault(state, exchange)
            other = before is exchange or before.request.body == exchange.request.body
            expected = "another state for another tenant, and for another redirect URI"
            judge.expect("auth-url.state", other, expected, before, exchange, got="the same")


def _expect_unreadable(judge: Judge, url: str, exchange: Exchange) -> None:
    """Judge that the URL has a state, and that nothing in the URL reveals tenant or redirect URI."""
    judge.expect("auth-url.state", any(_states(url)), "a `state` in the URL", exchange, got=url)
    secrets = (*TENANTS, REDIRECT, ELSEWHERE, urlsplit(REDIRECT).netloc)
    parts = [*_states(url), *(value for _, value in _parameters(url)), url]
    legible = next((text for part in parts if (text := _legible(part, secrets))), None)
    expected = "tenant and redirect URI unreadable, inside the state"
    judge.expect("auth-url.state", legible is None, expected, exchange, got=f"{legible}")


@check(
    "auth-url.url",
    assumes=("auth-url.unknown-platform", "auth-url.redirect-uri", "auth-url.scope"),
    access=Access.FULL,
    writes="starts a connect flow that is never completed",
)
def what_is_left_open(target: Target, judge: Judge) -> None:
    """Start the connect flow of an unknown platform, with another redirect URI, and with a key without scopes."""
    unknown = start(target, "no-such-platform", {})
    choice = "refused" if unknown.status in (400, 422) else str(unknown.status)
    judge.observe("auth-url.unknown-platform", choice, unknown)
    platform, _ = _first_flow(target)
    _observe_redirects(target, judge, platform)
    if target.options.keys.read_only is not None:
        exchange = target.call(CREATE_AUTH_URL, path={"platform": platform}, body={}, key="read_only")
        if exchange.status in (200, 403):  # else something else than the scope is missing
            choice = "not-needed" if exchange.status == 200 else "accounts-write"
            judge.observe("auth-url.scope", choice, exchange)


def _observe_redirects(target: Target, judge: Judge, platform: str) -> None:
    """Record which redirect URIs are accepted: of any host, and of the scheme of an app."""
    elsewhere = start(target, platform, {"redirect_uri": REDIRECT, "tenant_id": TENANTS[0]})
    if elsewhere.status >= 300:
        if 400 <= elsewhere.status < 500:
            judge.observe("auth-url.redirect-uri", "registered-hosts", elsewhere)
        return
    app = start(target, platform, {"redirect_uri": APP, "tenant_id": TENANTS[0]})
    if app.status < 300 or 400 <= app.status < 500:
        judge.observe("auth-url.redirect-uri", "any-uri" if app.status < 300 else "any-host", elsewhere, app)


def _first_flow(target: Target, judge: Judge | None = None) -> tuple[str, Exchange]:
    """A platform whose connect flow can be started, and the exchange of a start without a body. Raises Blocked."""
    platform, exchanges = startable(target)
    for exchange in (each for each in exchanges if each.status >= 500 or 300 <= each.status < 400):
        if judge is not None:
            judge.expect("auth-url.url", False, "200 with `auth_url`, or a refusal", exchange)
    if platform is None:
        raise Blocked(needs.unexpected(f"no platform's connect flow can be started: {exchanges[-1].status}"))
    return platform, exchanges[-1] if exchanges[-1].request.body is None else start(target, platform, None)


def _absolute(url: object) -> bool:
    if not isinstance(url, str) or re.search(r"\s", url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in ("https", "http") and bool(parts.hostname)


def _states(url: str, depth: int = _DEPTH) -> Iterator[str]:
    """The `state` parameters in the query and fragment of a URL, and in URLs within these."""
    for name, value in _parameters(url):
        if name == "state":
            yield value
        elif depth and "state=" in value:
            yield from _states(value, depth - 1)


def _parameters(url: str) -> list[tuple[str, str]]:
    """The parameters in the query and fragment of a URL; none of what is no URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return []
    return parse_qsl(parts.query) + parse_qsl(parts.fragment)


def _legible(text: str, secrets: tuple[str, ...]) -> str | None:
    """A message if `text`, plain or decoded, contains one of `secrets`; else None."""
    layers, layer = {text}, {text}
    for _ in range(_DEPTH):
        for each in layer:
            for secret in secrets:
                if secret in each or secret in each[::-1]:
                    return f"{secret!r} can be read in it"
        layer = set(_first(decoded for each in layer for decoded in _decoded(each))) - layers
        layers |= layer
    return None


def _first(texts: Iterable[str]) -> Iterator[str]:
    """The first of `texts`, which have `_MAX_DECODED` characters together."""
    left = _MAX_DECODED
    for text in texts:
        left -= len(text)
        if left < 0:
            return
        yield text


def _decoded(text: str) -> Iterator[str]:
    """The decodings of `text` and of its parts between separators."""
    yield unquote_plus(text)
    for part in {text, *re.split(r"[.:|~$,;\"{}]", text)}:
        if len(part) < 8:
            continue
        for raw in _bytes(part):
            yield raw.decode("utf-8", "replace")
            for bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
                with suppress(zlib.error):
                    inflater = zlib.decompressobj(bits)
                    inflated = inflater.decompress(raw, _MAX_DECODED)
                    if inflater.eof:
                        yield inflated.decode("utf-8", "replace")


def _bytes(part: str) -> Iterator[bytes]:
    bare = part.translate(str.maketrans("-_", "+/")).rstrip("=")
    with suppress(binascii.Error, ValueError):
        yield base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    with suppress(binascii.Error, ValueError):
        yield base64.b32decode(bare.upper() + "=" * (-len(bare) % 8))
    with suppress(ValueError):
        yield bytes.fromhex(part)
