"""The hosted connect flow without a browser."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlencode, urlsplit

from postfuze_mock.client.connections import Connections
from postfuze_mock.client.levers import refusal


def decide(auth_url: str, decision: str, pages: int | None, timeout: float) -> dict[str, str]:
    """Decide as the customer whose browser was sent to `auth_url`: the parameters that the integrator's `redirect_uri`
    then gets, or would get if there were one. Raises MockError where the mock refuses."""
    query = {"decision": decision} | ({} if pages is None else {"pages": str(pages)})
    connections = Connections(auth_url, timeout)
    target = f"{auth_url.removeprefix(connections.origin)}{'&' if '?' in auth_url else '?'}{urlencode(query)}"
    try:
        answer = connections.exchange("GET", target, {"Accept": "application/json"})
    finally:
        connections.close()
    call = f"GET {urlsplit(auth_url).path} ({decision})"  # the rest is sealed
    if answer.status >= 400:
        raise refusal(call, answer.status, answer.body)
    if "Location" in answer.headers:
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    outcome: dict[str, str] = json.loads(answer.body)
    return outcome
