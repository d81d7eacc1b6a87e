"""The mock in this process, served over real HTTP, with parts replaced or middleware in front of it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from tests.contracts.family.wire import Handler, Interceptor, Request, Response

from postfuze_contracts.engine.registry import Check
from postfuze_contracts.model.events import Event, RunFinished
from postfuze_contracts.model.options import Access, Keys, Options, Pin, Secret, Sessions
from postfuze_contracts.run import run
from postfuze_contracts.target.client import Client
from postfuze_fixtures import world_file
from postfuze_mock import spec
from postfuze_mock.app import make_worlds, serve
from postfuze_mock.client import Mock as Control
from postfuze_mock.http.server.lifespan import Lifespan
from postfuze_mock.settings import API_PATH, Settings
from postfuze_mock.worlds.connect import sessions
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import World

NAME, OTHER = "family", "relatives"  # two organizations
PATIENCE = 60.0  # seconds
TICK = 0.025  # seconds; the service's own time is the real one, and shows it
#: The keys that were issued, as a world file lists them. The one of `posts:write` alone needs this on any mock.
ISSUED: tuple[dict[str, Any], ...] = (
    *({"key": f"sk_test_{NAME}{suffix}"} for suffix in ("", "_readonly", "_revoked", "_expired")),
    {"key": f"sk_test_{NAME}_posts", "world": NAME, "scopes": ["posts:write"]},
    {"key": f"sk_live_{OTHER}"},
)


class Mock:
    """A mock that variants and tests can change before it is served."""

    def __init__(self, seed: int = 1) -> None:
        # Any redirect URI is allowed, so that variants can break more of `state`.
        self.settings = Settings(port=0, seed=seed, assume={"auth-url.redirect-uri": "any-host"})
        self.document: Mapping[str, Any] = {}
        """The world file that each world is made from."""
        self.specification: bytes | None = None
        self.exhaust_limits = False
        self.tenant: str | None = None
        """What the sessions are started for, if the harness is told so."""
        self.time_stands = False
        self.worlds: Worlds
        self.background: list[Callable[[World, int], None]] = []
        """Each is called every few milliseconds while the mock is served, with a count."""
        self._apps: list[Callable[[ASGIApp], ASGIApp]] = []
        self._undo: list[Callable[[], None]] = []

    @property
    def world(self) -> World:
        return self.worlds.world(NAME, mode="test")

    @property
    def other_world(self) -> World:
        return self.worlds.world(OTHER)

    def refuse_unknown_keys(self) -> None:
        """Accept only the keys that were issued."""
        self.settings = replace(self.settings, strict_keys=True)

    def replace(self, owner: Any, name: str, new: Any) -> None:
        """Replace an attribute until the mock is stopped."""
        old = vars(owner)[name] if name in vars(owner) else getattr(owner, name)
        self._undo.append(lambda: setattr(owner, name, old))
        setattr(owner, name, new)

    def asgi(self, wrap: Callable[[ASGIApp], ASGIApp]) -> None:
        """Put an ASGI application in front of the mock."""
        self._apps.append(wrap)

    def handle(self, operation: str, handler: Handler) -> None:
        """Let `handler` respond to the requests of an operation (`*`: of the whole API)."""

        async def handle(request: Request) -> Response:
            return await (handler(request) if operation in ("*", request.operation) else request.send())

        self.asgi(lambda app: Interceptor(app, handle))

    def requests(self, operation: str, change: Callable[[Request], Request]) -> None:
        """Change the requests of an operation before the mock sees them."""

        async def handle(request: Request) -> Response:
            return await change(request).send()

        self.handle(operation, handle)

    def responses(self, operation: str, change: Callable[[Request, Response], Response]) -> None:
        """Change the responses of an operation before the client sees them."""

        async def handle(request: Request) -> Response:
            return change(request, await request.send())

        self.handle(operation, handle)

    def bodies(self, operation: str, change: Callable[[Any], Any]) -> None:
        """Change the bodies of an operation's responses with status 200."""
        self.responses(
            operation,
            lambda _, response: response.with_body(change(response.json)) if response.status == 200 else response,
        )

    def session(self, **fields: Any) -> Secret:
        """A fresh session of three facebook pages, unless `fields` say otherwise."""
        request = {"network": "facebook", "pages": 3, "tenant_id": self.tenant, **fields}
        return Secret(sessions.mint(self.world, request, self.world.clock.now())["session_token"], "session")

    def pins(self) -> dict[str, Pin]:
        """All assumptions, as the unchanged mock decides them."""
        choices = {each.id: each.choice for each in spec.assumptions()} | dict(self.settings.assume)
        choices |= {"keys.other-mode": "refused"} if self.settings.strict_keys else {}
        return {id: Pin(choice, "as pinned") for id, choice in choices.items()}

    def advance(self, seconds: float) -> None:
        """Advance the clocks of all worlds, in place of waiting. The real clock goes on a little, too."""
        time.sleep(TICK)
        for world in self.worlds:
            if not self.time_stands:
                world.clock.advance(seconds)

    @contextmanager
    def served(self) -> Iterator[Deployment]:
        """Serve the mock on a free port. Every replaced attribute is restored at the end."""
        self.worlds = make_worlds(self.settings)
        self.worlds.use_template(world_file.from_document({"keys": [*ISSUED], **self.document}))
        app = serve(self.settings, self.worlds, self.specification)
        for wrap in self._apps:
            app = wrap(app)
        server = _Server(app)
        stop = threading.Event()
        threads = [threading.Thread(target=_repeat, args=(each, self, stop)) for each in self.background]
        try:
            server.start()
            for thread in threads:
                thread.start()
            with closing(Deployment(self, server.url)) as deployment:
                yield deployment
        finally:
            stop.set()
            for thread in threads:
                thread.join()
            server.stop()
            self.restore()

    def restore(self) -> None:
        """Restore every replaced attribute."""
        while self._undo:
            self._undo.pop()()


class Deployment:
    """A mock that is being served."""

    def __init__(self, mock: Mock, url: str) -> None:
        self.mock = mock
        self.root = url
        self.url = f"{url}{API_PATH}"
        self.control = Control(url, self.key().value)
        self._controls: dict[str, Control] = {}

    def control_of(self, world: str) -> Control:
        """The control API of another world."""
        if world not in self._controls:
            self._controls[world] = self.control.world(world)
        return self._controls[world]

    def close(self) -> None:
        """Close the connections to the control API."""
        for control in (self.control, *self._controls.values()):
            control.close()

    def key(self, suffix: str = "") -> Secret:
        return Secret(f"sk_test_{NAME}{suffix}", f"key{suffix}")

    def options(self, access: Access = Access.FULL, *, one_key: bool = False, pinned: bool = False) -> Options:
        """Options with every key and any number of sessions, or with one key and nothing else. `pinned`: all
        assumptions are pinned to the mock's choices."""
        options = Options(self.url, Keys(self.key()), access=access, exhaust_limits=self.mock.exhaust_limits)
        options = replace(options, pins=self.mock.pins() if pinned else {})
        if one_key:
            return options
        keys = Keys(
            full=self.key(),
            read_only=self.key("_readonly"),
            other_scope=self.key("_posts"),
            revoked=self.key("_revoked"),
            expired=self.key("_expired"),
            other_organization=Secret(f"sk_live_{OTHER}", "other key"),
        )
        return replace(options, keys=keys, sessions=self._sessions())

    def _sessions(self) -> Sessions:
        return Sessions(self.mock.session, self.mock.session(expires_in=0), self.mock.tenant)

    def run(self, options: Options, checks: Collection[Check]) -> RunFinished:
        """Run `checks`; where the harness waits, the mock's clock is advanced instead."""
        *_, finished = self.events(options, checks)
        assert isinstance(finished, RunFinished)
        return finished

    def events(self, options: Options, checks: Collection[Check]) -> Generator[Event, None, None]:
        """The events of such a run; whoever has seen enough closes them."""
        with closing(Client(options, sleep=self.mock.advance)) as client:
            yield from run(options, list(checks), client)

    def judge(self, checks: Collection[Check], **changes: Any) -> RunFinished:
        """Run `checks` with the default options, changed by `changes`."""
        return self.run(replace(self.options(), **changes), checks)


class _Server(uvicorn.Server):
    """A uvicorn server in its own thread."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(Lifespan(app), port=0, log_config=None, access_log=False, server_header=False, ws="none")
        )
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run_until_stopped)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()

    def _run_until_stopped(self) -> None:
        try:
            self.run()
        finally:
            self._ready.set()

    def start(self) -> None:
        """Return once the server accepts connections; AssertionError if it does not start."""
        self._thread.start()
        assert self._ready.wait(PATIENCE), "The server does not start."
        assert self.started, "The server ended while it started."

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        self.should_exit = True
        if self._thread.ident is not None:
            self._thread.join()


def _repeat(change: Callable[[World, int], None], mock: Mock, stop: threading.Event) -> None:
    count = 0
    while not stop.wait(0.01):
        change(mock.world, count)
        count += 1
