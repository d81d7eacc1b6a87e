"""The mock in this process, with a rule replaced or something between it and its callers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from time import sleep
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from tests.contracts.family.wire import Answer, Between, Call, Rule

from postfuze_contracts.model.options import Access, Keys, Options, Secret, Sessions
from postfuze_fixtures import world_file
from postfuze_mock.app import make_worlds, serve
from postfuze_mock.http.server.lifespan import Lifespan
from postfuze_mock.settings import API_PATH, Settings
from postfuze_mock.worlds.connect import sessions
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import World

NAME, OTHER = "family", "relatives"  # two organizations


class Mock:
    """What a variant changes before it is served."""

    def __init__(self, seed: int = 1) -> None:
        # It sends browsers anywhere, so that more can be wrong with what it seals.
        self.settings = Settings(port=0, seed=seed, assume={"auth-url.redirect-uri": "any-host"})
        self.document: Mapping[str, Any] = {}
        """What each world is made from."""
        self.specification: bytes | None = None
        self.exhaust_limits = False
        self.time_stands = False
        self.worlds: Worlds
        self.background: list[Callable[[World, int], None]] = []
        """Each is called time and again while the mock is judged, with a count."""
        self._apps: list[Callable[[ASGIApp], ASGIApp]] = []
        self._undo: list[Callable[[], None]] = []

    @property
    def world(self) -> World:
        return self.worlds.world(NAME, mode="test")

    @property
    def other_world(self) -> World:
        return self.worlds.world(OTHER)

    def replace(self, owner: Any, name: str, new: Any) -> None:
        """Put `new` in the place of an attribute, until the mock is stopped."""
        old = vars(owner)[name] if name in vars(owner) else getattr(owner, name)
        self._undo.append(lambda: setattr(owner, name, old))
        setattr(owner, name, new)

    def asgi(self, wrap: Callable[[ASGIApp], ASGIApp]) -> None:
        """Put an ASGI application around the mock."""
        self._apps.append(wrap)

    def rule(self, operation: str, rule: Rule) -> None:
        """Let `rule` answer the calls of an operation (`*`: all of the API's)."""

        async def between(call: Call) -> Answer:
            return await (rule(call) if operation in ("*", call.operation) else call.answer())

        self.asgi(lambda app: Between(app, between))

    def calls(self, operation: str, change: Callable[[Call], Call]) -> None:
        """Let the mock see what `change` makes of the calls of an operation."""

        async def rule(call: Call) -> Answer:
            return await change(call).answer()

        self.rule(operation, rule)

    def answers(self, operation: str, change: Callable[[Call, Answer], Answer]) -> None:
        """Let callers see what `change` makes of the answers of an operation."""

        async def rule(call: Call) -> Answer:
            return change(call, await call.answer())

        self.rule(operation, rule)

    def bodies(self, operation: str, change: Callable[[Any], Any]) -> None:
        """Let callers see what `change` makes of the bodies of answers with 200."""
        self.answers(operation, lambda _, said: said.but(change(said.json)) if said.status == 200 else said)

    def session(self, **wanted: Any) -> Secret:
        """A fresh session of three facebook pages, or as `wanted`."""
        described = {"network": "facebook", "pages": 3, **wanted}
        return Secret(sessions.mint(self.world, described, self.world.clock.now())["session_token"], "session")

    def options(self, url: str, access: Access, *, one_key: bool) -> Options:
        """All keys and any number of sessions; or one key, and nothing else."""
        full = Secret(f"sk_test_{NAME}", "key")
        options = Options(url, Keys(full=full), access=access, exhaust_limits=self.exhaust_limits)
        if one_key:
            return options
        names = {"read_only": "_readonly", "revoked": "_revoked", "expired": "_expired"}
        others = {name: Secret(f"sk_test_{NAME}{suffix}", name) for name, suffix in names.items()}
        keys = Keys(full=full, other_organization=Secret(f"sk_live_{OTHER}", "other key"), **others)
        return replace(options, keys=keys, sessions=Sessions(self.session, self.session(expires_in=0)))

    def advance(self, seconds: float) -> None:
        """What the harness waits is time that passes in all worlds."""
        for world in self.worlds:
            if not self.time_stands:
                world.clock.advance(seconds)

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve on a free port; gives the API's URL. Whatever was replaced is put back in the end."""
        self.worlds = make_worlds(self.settings)
        self.worlds.use_template(world_file.from_document(dict(self.document)))
        app = serve(self.settings, self.worlds, self.specification)
        for wrap in self._apps:
            app = wrap(app)
        config = uvicorn.Config(
            Lifespan(app), port=0, log_config=None, access_log=False, server_header=False, ws="none"
        )
        server = uvicorn.Server(config)
        ended = threading.Event()
        threads = [threading.Thread(target=server.run), *(self._repeating(each, ended) for each in self.background)]
        try:
            for thread in threads:
                thread.start()
                while not server.started:
                    sleep(0.002)
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}{API_PATH}"
        finally:
            ended.set()
            server.should_exit = True
            for thread in threads:
                thread.join()
            self.put_back()

    def put_back(self) -> None:
        """Undo what was replaced."""
        while self._undo:
            self._undo.pop()()

    def _repeating(self, change: Callable[[World, int], None], ended: threading.Event) -> threading.Thread:
        def repeat() -> None:
            count = 0
            while not ended.wait(0.01):
                change(self.world, count)
                count += 1

        return threading.Thread(target=repeat)
