"""Whether, where and to whom the levers are open, as the settings have it.

They can do anything, so they are open by themselves only where nobody but this machine can reach them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address

from postfuze_mock.domain.destinations import Allowed, is_loopback, normal
from postfuze_mock.settings import CONTROL_PATH, Settings, SettingsError

CONTROL_HOST = "127.0.0.1"  # where `--control-port` listens
#: Open to all: it shows nothing of any world, and whatever starts the mock waits for it.
HEALTH = f"{CONTROL_PATH}/health"
REFERENCE = "/docs/control"

_OFF = "The levers are switched off here (--no-control)."
_EXPOSED = (
    "The levers are refused, for this server listens on more than loopback: start it with --control-token TOKEN to "
    "open them to those who send it, or with --control-port PORT to have them on 127.0.0.1 alone."
)


@dataclass(frozen=True)
class Access:
    """`refusal` says why the levers are refused (None: they are not); `token` is what their callers must send, if
    anything; `hosts` are the names by which they may be called; `listener` is the address that serves them and nothing
    else, if there is one."""

    refusal: str | None
    token: bytes | None = field(repr=False)
    hosts: Allowed
    listener: tuple[str, int] | None

    def refusal_at(self, address: str) -> str | None:
        """The refusal of a call that came in at `address`: not every server that runs the application listens where
        the settings say."""
        if self.refusal is None and self.token is None and _is_reached_by_others(address):
            return _EXPOSED
        return self.refusal

    @property
    def url(self) -> str | None:
        """Where the levers' own listener is, if there is one."""
        return None if self.listener is None else "http://{}:{}".format(*self.listener)


def access(chosen: Settings) -> Access:
    """Who may pull the levers. Raises SettingsError where they are asked for (`--control`), but would be open to all,
    and for a host that cannot be."""
    exposed = not is_loopback(normal(chosen.host)) and chosen.control_token is None and chosen.control_port is None
    if exposed and chosen.control:
        raise SettingsError(
            f"--control would open the levers to all who reach {chosen.host}: add --control-token TOKEN, or "
            "--control-port PORT to have them on 127.0.0.1 alone"
        )
    return Access(
        refusal=_OFF if chosen.control is False else _EXPOSED if exposed else None,
        token=None if chosen.control_token is None else chosen.control_token.encode(),
        hosts=_allowed(chosen.allow_host),
        listener=_listener(chosen),
    )


def is_of_levers(path: str) -> bool:
    """Whether the decoded `path` is one of the levers, their pages or their specification."""
    return path in (CONTROL_PATH, REFERENCE) or path.startswith(f"{CONTROL_PATH}/")


def _allowed(hosts: tuple[str, ...]) -> Allowed:
    try:
        return Allowed(hosts)
    except ValueError as error:
        raise SettingsError(f"allow-host {error}") from error


def _listener(chosen: Settings) -> tuple[str, int] | None:
    if chosen.control is False or chosen.control_port is None:
        return None
    return CONTROL_HOST, chosen.control_port


def _is_reached_by_others(address: str) -> bool:
    """Whether `address` is one, and not loopback; a server may also name itself, or the file of its socket."""
    try:
        ip_address(address)
    except ValueError:
        return False
    return not is_loopback(normal(address))
