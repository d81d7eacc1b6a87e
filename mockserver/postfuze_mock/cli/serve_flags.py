"""The flags of the mock, which `serve` and `exec` share."""

from __future__ import annotations

import argparse
from typing import Any, get_args

from postfuze_mock import setting_values
from postfuze_mock.cli.parser import checked
from postfuze_mock.setting_values import LogFormat, StateFileSync


def add(command: argparse.ArgumentParser, group: Any, *, port: str) -> None:
    """Add the flags of the mock to `command`, those of no group of their own to `group`; `port` is the default one, in
    words."""
    add = group.add_argument
    add("--host", help="address to listen on (default 127.0.0.1)")
    add("--port", type=checked(setting_values.port), help=f"port to listen on; 0 picks a free one (default {port})")
    add("--seed", type=checked(setting_values.seed), help="seed of all generated data (default 1)")
    add("--world", metavar="FILE", help="world file, or the name of a shipped one: demo, empty, large")
    add(
        "--clock",
        metavar="T[,frozen]",
        help="time of worlds, such as 2026-06-14T12:10:00Z,frozen (default: real time)",
    )
    add("--assume", metavar="ID=ALTERNATIVE", action="append", help="decide an assumption otherwise (repeatable)")
    add("--assume-file", metavar="FILE", help="decide assumptions as the table [assume] of this TOML file says")
    _switch(group, "--strict-keys", "accept only the keys that the world file lists")
    _switch(group, "--rate-limits", "enforce the documented rate limits")
    _switch(group, "--validate-responses", "check each response against the specification")
    add("--log-format", choices=get_args(LogFormat), help="format of the log on stderr (default text)")
    _switch(group, "--reload", "serve changed specification and world files without a restart")
    _switch(group, "--exit-on-stdin-close", "end as soon as stdin, which must be a pipe, is closed")
    add(
        "--state",
        metavar="URL",
        help="where all worlds are: memory (default), sqlite:///FILE, or postgresql://…; set as POSTFUZE_MOCK_STATE, a "
        "password stays out of the process list",
    )
    add(
        "--workers",
        metavar="N",
        type=checked(setting_values.workers),
        help="processes that serve the same worlds, which sqlite or postgresql must keep (default 1)",
    )
    add(
        "--state-pool",
        metavar="N",
        type=checked(setting_values.positive_number),
        help="connections of each process to PostgreSQL (default 10)",
    )
    _switch(group, "--metrics", "serve /metrics for Prometheus, to those who may use the control API")
    add(
        "--state-file",
        metavar="FILE",
        help="keep worlds in memory in FILE across restarts; only its owner can read it, only one server can use it",
    )
    add(
        "--state-file-sync",
        choices=get_args(StateFileSync),
        help="what a killed server loses: a second of changes (interval, default), or none that was answered (always)",
    )
    add(
        "--max-worlds",
        metavar="N",
        type=checked(setting_values.positive_number),
        help="how many worlds to hold (default 10000); unchanged ones make room, and are built again when used",
    )
    add(
        "--max-accounts",
        metavar="N",
        type=checked(setting_values.positive_number),
        help="how many accounts a world may have (default 1000000)",
    )
    add(
        "--max-idle",
        metavar="SECONDS",
        type=checked(setting_values.seconds),
        help="let a world go that was not used for so long; it begins anew when it is used again",
    )
    _connections(command.add_argument_group("connections"))
    _browsers(command.add_argument_group("browsers and webhooks"))
    _control(command.add_argument_group("the control API at /_mock"))


def _connections(group: Any) -> None:
    add = group.add_argument
    add(
        "--request-timeout",
        metavar="SECONDS",
        type=checked(setting_values.seconds),
        help="time for the head of a request, and for its body, to arrive; 0 is no limit (default 30)",
    )
    add(
        "--idle-timeout",
        metavar="SECONDS",
        type=checked(setting_values.seconds),
        help="time after which a connection without a request is closed; 0 is no limit (default 5)",
    )
    add(
        "--max-connections",
        metavar="N",
        type=checked(setting_values.positive_number),
        help="open connections; the oldest idle one makes room for a new one (default 1000)",
    )


def _browsers(group: Any) -> None:
    add = group.add_argument
    add(
        "--redirect-allow",
        metavar="HOST",
        action="append",
        help="host that redirect_uri may name: HOST, HOST:PORT or *.DOMAIN (repeatable; loopback is always allowed)",
    )
    add(
        "--webhook-url",
        metavar="URL",
        help="URL that gets the events of all worlds, such as http://127.0.0.1:9000/hook",
    )
    add(
        "--webhook-allow",
        metavar="HOST",
        action="append",
        help="host beyond loopback that webhooks may be sent to: HOST, HOST:PORT or *.DOMAIN (repeatable)",
    )
    add(
        "--allow-origin",
        metavar="ORIGIN",
        action="append",
        help="web origin that may call the API, such as http://localhost:3000 (repeatable), or none (default: all)",
    )


def _control(group: Any) -> None:
    add = group.add_argument
    add(
        "--control",
        nargs="?",
        const=True,
        metavar="open",
        type=checked(setting_values.control),
        help="serve the control API, by default only if --host is loopback; open: to everybody who reaches the server",
    )
    add("--no-control", dest="control", action="store_const", const=False, help="refuse the control API")
    add(
        "--control-port",
        type=checked(setting_values.port),
        help="serve the control API on this port of 127.0.0.1 instead; 0 picks a free one",
    )
    add(
        "--control-token",
        metavar="TOKEN",
        help="require X-Mock-Control-Token; set as POSTFUZE_MOCK_CONTROL_TOKEN, it stays out of the process list",
    )
    add(
        "--allow-host",
        metavar="HOST",
        action="append",
        help="host name, besides those of loopback, that calls may use: HOST, HOST:PORT or *.DOMAIN (repeatable)",
    )


def _switch(group: Any, flag: str, text: str) -> None:
    group.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, help=text)
