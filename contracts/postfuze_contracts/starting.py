"""Starting the connect flow: of which platform an organization can."""

from __future__ import annotations

from postfuze_contracts import survey
from postfuze_contracts.exchange import Exchange
from postfuze_contracts.target import CREATE_AUTH_URL, Target
from postfuze_mock import spec

REDIRECT = "https://contracts.example.com/connected"
TENANTS = ("contract-tenant-one", "contract-tenant-two")
PLATFORMS: tuple[str, ...] = tuple(spec.load()["components"]["schemas"]["Platform"]["enum"])


def start(target: Target, platform: str, body: dict[str, str] | None) -> Exchange:
    """Ask for a URL of this platform's connect flow."""
    return target.call(CREATE_AUTH_URL, path={"platform": platform}, body=body)


def startable(target: Target) -> tuple[str | None, list[Exchange]]:
    """A platform whose connect flow can be started, those of the accounts first, for an organization may have no app
    for the others; None where that is so of all. With all that was answered on the way."""
    known = [account.get("platform") for account in survey.accounts(target, at_least=0)]
    tenant = {"tenant_id": TENANTS[0]}
    bodies: tuple[dict[str, str] | None, ...] = (None, {}, tenant, {**tenant, "redirect_uri": REDIRECT})
    answers: list[Exchange] = []
    for platform in dict.fromkeys([*(name for name in known if name in PLATFORMS), *PLATFORMS]):
        for body in bodies:
            answers.append(start(target, platform, body))
            if answers[-1].status < 300:
                return platform, answers
    return None, answers
