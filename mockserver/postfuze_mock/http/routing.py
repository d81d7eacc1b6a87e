"""Finds the operation of a request in one flat table over all specifications.

Connexion's own router matches in file order, splits at an encoded slash, lists the methods of only one route in `Allow`
and redirects a trailing slash to whatever host the Host header names.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send

from postfuze_fixtures.suggestions import nearest
from postfuze_mock.http.call import SCOPE_KEY, Call
from postfuze_mock.http.endpoints import Endpoint
from postfuze_mock.http.stack import Stage
from postfuze_mock.problems import Problem

MAX_PATH_IN_DETAIL = 200  # characters


class Route:
    """A path template and the operations of its methods."""

    def __init__(self, template: str) -> None:
        self.template = template
        self.prefix = template.partition("{")[0]
        self.segments = template.split("/")
        self.names = [(i, s[1:-1]) for i, s in enumerate(self.segments) if s.startswith("{")]
        first = self.names[0][0] if self.names else len(self.segments) - 2  # what is before it is in `prefix`
        self.literals = [(i, s) for i, s in enumerate(self.segments) if i > first and not s.startswith("{")]
        self.methods: dict[str, str] = {}

    def values(self, path: str, segments: list[str]) -> dict[str, str] | None:
        """The values of the parameters in `path`, which has these segments; None if it is another path."""
        if not path.startswith(self.prefix):
            return None
        for i, literal in self.literals:
            if segments[i] != literal:
                return None
        values = {name: segments[i] for i, name in self.names}
        return values if all(values.values()) else None


class RoutingStage(Stage):
    """Finds the operation, or refuses with 404 or 405. Paths outside the APIs go to `pages`, and so do `files`, which
    may lie below an API. `not_mocked` says whether the real service has a path that the mock does not have."""

    def __init__(
        self, app: ASGIApp, *, pages: ASGIApp, files: Collection[str], not_mocked: Callable[[str], bool]
    ) -> None:
        super().__init__(app)
        self.pages = pages
        self.files = files
        self.not_mocked = not_mocked
        self.base_paths: set[str] = set()
        self.by_length: dict[int, list[Route]] = {}
        self.fixed: dict[str, Route] = {}

    def compile(self, endpoint: Endpoint) -> None:
        self.base_paths.add(endpoint.base_path)
        self._route(endpoint.base_path + endpoint.path).methods[endpoint.method] = endpoint.id

    def _route(self, template: str) -> Route:
        routes = self.by_length.setdefault(template.count("/") + 1, [])
        for route in routes:
            if route.template == template:
                return route
        route = Route(template)
        routes.append(route)
        routes.sort(key=lambda r: len(r.names))  # a literal path wins over a template that matches it too
        if not route.names:
            self.fixed[template] = route
        return route

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        raw: str = (scope.get("raw_path") or scope["path"].encode()).decode("utf-8", "replace")
        match = self._match(raw, scope["method"])
        if match is None:
            return self._no_operation(scope, receive, send)
        operation, path = match
        scope[SCOPE_KEY] = Call(operation, dict(scope["headers"]), path)
        return self.app(scope, receive, send)

    def _match(self, raw: str, method: str) -> tuple[str, dict[str, str]] | None:
        """The operation for `method` and the undecoded path, with the path's parameters; None for an unknown path.
        Raises a 405 problem if the path lacks the method."""
        route = self.fixed.get(raw)
        if route is not None and method in route.methods:
            return route.methods[method], {}
        segments = raw.split("/")
        if "%" in raw:  # decoded after the split, so that %2F stays within its segment
            segments = [unquote(segment) for segment in segments]
            raw = "/".join(segments)
        allowed: set[str] = set()
        for route in self.by_length.get(len(segments), ()):
            values = route.values(raw, segments)
            if values is not None and method in route.methods:
                return route.methods[method], values
            if values is not None:
                allowed |= route.methods.keys()
        if allowed:
            raise self._wrong_method(method, allowed)
        return None

    @staticmethod
    def _wrong_method(method: str, allowed: set[str]) -> Problem:
        allow = ", ".join(sorted(allowed))
        detail = f"{method} is not allowed here; allowed: {allow}."
        return Problem(405, detail, rule="paths.method", code="method_not_allowed", headers={"Allow": allow})

    async def _no_operation(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        base = next((b for b in self.base_paths if path == b or path.startswith(b + "/")), None)
        if base is None or path in self.files:
            return await self.pages(scope, receive, send)
        name = path if len(path) <= MAX_PATH_IN_DETAIL else f"{path[:MAX_PATH_IN_DETAIL]}…"
        if self.not_mocked(path):
            detail = f"The real service has {name}; this mock does not."
            raise Problem(404, detail, rule="paths.not-mocked", code="not_mocked")
        raise Problem(404, f"There is no {name}.{self._suggestion(name)}", rule="paths.unknown", code="not_found")

    def _suggestion(self, path: str) -> str:
        templates = [route.template for routes in self.by_length.values() for route in routes]
        template = nearest(path, templates)
        return f" Did you mean {template}?" if template else ""
