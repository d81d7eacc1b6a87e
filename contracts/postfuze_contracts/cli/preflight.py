"""One call before a run: is the target there, and does it know the key?"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence

from postfuze_contracts.engine.check import Check
from postfuze_contracts.model import needs
from postfuze_contracts.model.events import Event, RunFinished, RunStarted
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import LIST
from postfuze_contracts.model.options import Options
from postfuze_contracts.run import run, without_target
from postfuze_contracts.target.client import BudgetSpent, Client, Unreachable
from postfuze_contracts.target.target import Target


def run_if_there(
    options: Options, checks: Sequence[Check], tell: Callable[[str], None]
) -> Generator[Event, None, None]:
    """The events of a run. Where the target is not there, they say so, and that all is blocked."""
    client, began = Client(options), time.monotonic()
    try:
        look(options, client, tell)
    except Unreachable as error:
        need, fault = needs.UNREACHABLE, str(error)
    except BudgetSpent as error:
        need, fault = needs.BUDGET, f"the run's budget was spent at its first call: {error}"
    else:
        yield from run(options, checks, client)
        return
    client.close()
    yield RunStarted(options, len(checks))
    verdicts = without_target(options, checks, need)
    yield RunFinished(verdicts, (), (), client.requests, time.monotonic() - began, fault)


def look(options: Options, client: Client, tell: Callable[[str], None]) -> None:
    """List one account. Raises Unreachable where that shows that nothing can be judged; `tell` hears what is odd."""
    try:
        answer = Target(options, client).call(LIST, query={"limit": "1"})
    except Unreachable as error:
        through = " through the proxy" if options.proxy is not None else ""
        raise Unreachable(f"{options.url} cannot be reached{through}: {_reason(error)}") from error
    if answer.status == 401:
        raise Unreachable(f"{options.url} refuses the API key: {_detail(answer)}")
    if answer.status == 407:
        raise Unreachable(
            f"{options.url} cannot be reached through the proxy: it answers 407; give it user and password"
        )
    if 300 <= answer.status < 400:
        raise Unreachable(f"{options.url} redirects ({answer.status}); give the URL that it redirects to")
    if answer.status != 200:
        tell(f"warning: listing the accounts answers {_detail(answer)}; do the paths of openapi.yaml begin at the URL?")


def _detail(answer: Exchange) -> str:
    detail = answer.member("detail")
    return f"{answer.status}" + (f" ({detail})" if isinstance(detail, str) else "")


def _reason(error: Unreachable) -> str:
    """What the connection failed of, in the system's words."""
    cause = str(error.__cause__ or "").strip() or str(error)
    unknown = "CERTIFICATE_VERIFY_FAILED" in cause
    return cause + ("; a private authority's certificates are given by --ca-bundle" if unknown else "")
