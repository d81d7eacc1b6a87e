"""What the command is told about the mock, as variables of its environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from postfuze_mock.domain import keys
from postfuze_mock.domain.keys import Key
from postfuze_mock.settings import API_PATH, CONTROL_PATH, Settings

KEY: Final = "POSTFUZE_KEY"
DEFAULT_KEY: Final = "sk_live_demo"


def variables(settings: Settings, url: str, key: str, world: str) -> dict[str, str]:
    """The variables that lead to the mock at `url`, to be used with `key`, which opens `world`."""
    return {
        "POSTFUZE_URL": f"{url}{API_PATH}",
        "POSTFUZE_ORIGIN": url,
        KEY: key,
        "POSTFUZE_WEBHOOK_INBOX": f"{control_url(settings, url)}{CONTROL_PATH}/inbox/{world}",
    }


def control_url(settings: Settings, url: str) -> str:
    """Where the control API of the mock at `url` is."""
    return url if settings.control_port is None else f"http://127.0.0.1:{settings.control_port}"


def key_and_world(settings: Settings, environ: Mapping[str, str]) -> tuple[str, str, str | None]:
    """The key for the command, the world that it opens, and what there is to say about it (None: nothing).

    That of the environment stays if the mock accepts it. Otherwise it is `sk_live_demo`, or with `--strict-keys` the
    first key of the world file that may do everything. Raises ValueError or OSError for an invalid world file.
    """
    listed = _listed(settings) if settings.strict_keys else None
    default, opens = _first(listed)
    present = environ.get(KEY)
    if not present or present == default:
        return default, opens, None
    key = keys.parse(present) if listed is None else listed.get(present)
    if key is None:
        source = "a key is sk_live_NAME or sk_test_NAME" if listed is None else "the world file does not list it"
        return default, opens, f"COMMAND gets {KEY}={default} instead of yours: {source}"
    return present, key.name, None


def _listed(settings: Settings) -> dict[str, Key]:
    """The keys of the world file."""
    from postfuze_fixtures import world_file  # imports a parser of YAML, which few calls need
    from postfuze_mock.worlds.listed_keys import keys_of

    return {} if settings.world is None else keys_of(world_file.load(settings.world))


def _first(listed: Mapping[str, Key] | None) -> tuple[str, str]:
    """The first key that may do everything, and its world; that of the documentation if there is none."""
    for text, key in (listed or {}).items():
        if key.status == "active" and key.scopes == keys.ALL_SCOPES:
            return text, key.name
    return DEFAULT_KEY, "demo"
