"""The session tokens that world files name, which resolve before their worlds are built."""

from __future__ import annotations

from postfuze_fixtures.world_file import WorldFile
from postfuze_mock.domain.keys import parse
from postfuze_mock.worlds.origins import DEMO, demo_file


def reserved_tokens(template: WorldFile) -> dict[str, str]:
    """The session tokens in world files, each with its world, for worlds that are not built yet: tokens of `demo`, of
    the template's named worlds, and of the template itself, which belong to the world of its first key."""
    files = {DEMO: demo_file(), **{name: template.for_world(name) for name in template.worlds}}
    keys = [key for key in (parse(entry["key"]) for entry in template.keys[:1]) if key is not None]
    files |= {name: template.for_world(name) for name in [key.name for key in keys] if name not in files}
    holders: dict[str, str] = {}
    for name, file in files.items():
        for session in file.sessions:
            if "token" in session:
                holders.setdefault(session["token"], name)
    return holders
