"""Whether, where and to whom the control API is open, according to the settings.

It can change everything, so by default it is open only if the server listens on loopback.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address

from starlette.types import Scope

from postfuze_mock.domain.destinations import Allowed, is_loopback, normal
from postfuze_mock.settings import API_PATH, CONTROL_PATH, METRICS_PATH, InvalidSettingError, Settings, SettingsError

CONTROL_HOST = "127.0.0.1"  # where `--control-port` listens
#: Always open: it shows nothing of any world, and tools that start the mock wait for it.
HEALTH = f"{CONTROL_PATH}/health"
REFERENCE = "/docs/control"

_OFF = "The control API is switched off here (--no-control)."
_EXPOSED = (
    "The control API is refused because this server listens on more than loopback: start it with --control-token TOKEN "
    "to open it to callers who send the token, with --control-port PORT to have it on 127.0.0.1 only, or with "
    "--control open if whoever reaches this server may use it."
)


@dataclass(frozen=True)
class Access:
    """`refusal` says why the control API is refused (None: it is not); `token` is the token that callers must send, if
    any; `is_open` says that whoever reaches the server may use it; `hosts` are the names by which it may be called;
    `listener` is the address of its separate listener, if any."""

    refusal: str | None
    token: bytes | None = field(repr=False)
    is_open: bool
    hosts: Allowed
    listener: tuple[str, int] | None

    def refusal_at(self, address: str) -> str | None:
        """The refusal for a call that came in at `address`. If another ASGI server runs this application, it may listen
        on other addresses than the settings say."""
        if self.refusal is None and self.token is None and not self.is_open and _is_exposed(address):
            return _EXPOSED
        return self.refusal

    def urls(self, scope: Scope, *, api: str) -> tuple[str, str | None]:
        """The URLs of the API and of the control API for the caller of `scope`, paths where both are served together;
        `api` is the URL of the server. None for a control API that the caller is refused, or cannot reach."""
        server = tuple(scope.get("server") or ("", None))
        if self.refusal_at(server[0]) is not None:
            return API_PATH, None
        if self.url is None:
            return API_PATH, CONTROL_PATH
        if server == self.listener:
            return f"{api}{API_PATH}", CONTROL_PATH
        is_local = is_loopback((scope.get("client") or ("",))[0])
        return API_PATH, f"{self.url}{CONTROL_PATH}" if is_local else None

    @property
    def is_for_networks(self) -> bool:
        """Whether it is meant to be called from other machines, or from other containers."""
        return self.is_open or self.token is not None

    @property
    def url(self) -> str | None:
        """The URL of the separate listener, if any."""
        return None if self.listener is None else "http://{}:{}".format(*self.listener)


def access(settings: Settings) -> Access:
    """The access to the control API that `settings` describe. Raises SettingsError for an invalid host, and for
    `--control` if that does not say to whom the control API is open."""
    _check(settings)
    return Access(
        refusal=_OFF if settings.control is False else _EXPOSED if _is_undecided(settings) else None,
        token=None if settings.control_token is None else settings.control_token.encode(),
        is_open=settings.control == "open",
        hosts=_allowed(settings.allow_host),
        listener=_listener(settings),
    )


def _is_undecided(settings: Settings) -> bool:
    """Whether the server listens on more than loopback, and nothing says who may use the control API."""
    decisions = (settings.control_token, settings.control_port, "open" if settings.control == "open" else None)
    return not is_loopback(normal(settings.host)) and all(each is None for each in decisions)


def _check(settings: Settings) -> None:
    if settings.control is True and _is_undecided(settings):
        raise SettingsError(
            f"--control does not say who of those who reach {settings.host} may use the control API: add "
            "--control-token TOKEN, or --control-port PORT to have it on 127.0.0.1 only, or say --control open"
        )
    if settings.control == "open" and (settings.control_token, settings.control_port) != (None, None):
        raise SettingsError(
            "--control open lets everybody who reaches this server use the control API, so it goes with neither "
            "--control-token nor --control-port"
        )


def is_control(path: str) -> bool:
    """Whether the decoded `path` belongs to the control API, its pages or its specification, or is of the metrics."""
    return path in (CONTROL_PATH, REFERENCE, METRICS_PATH) or path.startswith(f"{CONTROL_PATH}/")


def _allowed(hosts: tuple[str, ...]) -> Allowed:
    try:
        return Allowed(hosts)
    except ValueError as error:
        raise InvalidSettingError("allow_host", str(error)) from error


def _listener(settings: Settings) -> tuple[str, int] | None:
    if settings.control is False or settings.control_port is None:
        return None
    return CONTROL_HOST, settings.control_port


def _is_exposed(address: str) -> bool:
    """Whether `address` is an IP address other than loopback; a server may also report a name or the file of a
    socket."""
    try:
        ip_address(address)
    except ValueError:
        return False
    return not is_loopback(normal(address))
