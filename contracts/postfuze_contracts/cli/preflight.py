"""The first call of a command, which shows whether the target responds and accepts the key."""

from __future__ import annotations

from postfuze_contracts.cli.exit_codes import log
from postfuze_contracts.model.exchange import describe
from postfuze_contracts.model.operations import LIST
from postfuze_contracts.model.options import Options
from postfuze_contracts.target.client import Client, Unreachable
from postfuze_contracts.target.target import Target


def preflight(options: Options, client: Client) -> None:
    """List one account. Raises Unreachable if nothing can be judged. Logs an unexpected response."""
    try:
        response = Target(options, client).call(LIST, query={"limit": "1"})
    except Unreachable as error:
        via = " through the proxy" if options.proxy is not None else ""
        raise Unreachable(f"{options.url} cannot be reached{via}: {_reason(error)}") from error
    if response.status == 401:
        raise Unreachable(f"{options.url} refuses the API key: {describe(response)}")
    if response.status == 407:
        advice = "add user and password to its URL"
        raise Unreachable(f"{options.url} cannot be reached through the proxy: it responds with 407; {advice}")
    if 300 <= response.status < 400:
        raise Unreachable(f"{options.url} redirects ({response.status}); use the URL that it redirects to")
    if response.status != 200:
        log(f"warning: listing the accounts returns {describe(response)}; is the URL the base of openapi.yaml's paths?")


def _reason(error: Unreachable) -> str:
    """The system's message on a failed connection."""
    cause = str(error.__cause__ or "").strip() or str(error)
    unknown_authority = "CERTIFICATE_VERIFY_FAILED" in cause
    return cause + ("; pass a private authority's certificates with --ca-bundle" if unknown_authority else "")
