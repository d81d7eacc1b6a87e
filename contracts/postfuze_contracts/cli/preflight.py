"""One call before a run: is the target there, and does it know the key?"""

from __future__ import annotations

from collections.abc import Callable

from postfuze_contracts.client import Client, Unreachable
from postfuze_contracts.exchange import Exchange
from postfuze_contracts.options import Options
from postfuze_contracts.target import Target


def look(options: Options, client: Client, tell: Callable[[str], None]) -> None:
    """List one account. Raises Unreachable where that shows that nothing can be judged; `tell` hears what is odd."""
    try:
        answer = Target(options, client).call("listSocialAccounts", query={"limit": "1"})
    except Unreachable as error:
        raise Unreachable(f"{options.url} cannot be reached: {_reason(error)}") from error
    if answer.status == 401:
        raise Unreachable(f"{options.url} refuses the API key: {_detail(answer)}")
    if 300 <= answer.status < 400:
        raise Unreachable(f"{options.url} redirects ({answer.status}); give the URL that it redirects to")
    if answer.status != 200:
        tell(f"warning: listing the accounts answers {_detail(answer)}; do the paths of openapi.yaml begin at the URL?")


def _detail(answer: Exchange) -> str:
    detail = answer.member("detail")
    return f"{answer.status}" + (f" ({detail})" if isinstance(detail, str) else "")


def _reason(error: Unreachable) -> str:
    """What the connection failed of, in the system's words."""
    cause = str(error.__cause__ or "").strip()
    return cause or str(error)
