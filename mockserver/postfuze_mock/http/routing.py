"""Which operation a request means: one flat table over all specifications.

Connexion's own router matches in file order, splits an encoded slash, names one route alone in `Allow` and redirects a
trailing slash to wherever the Host header says.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from difflib import get_close_matches
from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send

from postfuze_mock.http.call import SCOPE_KEY, Call
from postfuze_mock.http.connexion_stack import Operation, Stage
from postfuze_mock.problems import Problem

LONGEST_SHOWN = 200  # characters of a path that there is none of


class Route:
    """One path template and the operations of its methods."""

    def __init__(self, template: str) -> None:
        self.template = template
        self.beginning = template.partition("{")[0]
        self.segments = template.split("/")
        self.names = [(i, s[1:-1]) for i, s in enumerate(self.segments) if s.startswith("{")]
        self.literals = [(i, s) for i, s in enumerate(self.segments) if not s.startswith("{")]
        self.methods: dict[str, str] = {}

    def matches(self, segments: list[str]) -> bool:
        return all(segments[i] == literal for i, literal in self.literals) and all(segments[i] for i, _ in self.names)


class RoutingStage(Stage):
    """Finds the operation, or answers 404 and 405. What is below no API goes to `pages`, and so do the paths of the
    specifications' files (`files`), which may lie below one."""

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

    def compile(self, operation: Operation) -> None:
        self.base_paths.add(operation.base_path)
        self._route(operation.base_path + operation.path).methods[operation.method] = operation.id

    def _route(self, template: str) -> Route:
        routes = self.by_length.setdefault(template.count("/") + 1, [])
        for route in routes:
            if route.template == template:
                return route
        route = Route(template)
        routes.append(route)
        routes.sort(key=lambda r: len(r.names))  # a literal path wins over a template that would match it too
        if not route.names:
            self.fixed[template] = route
        return route

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        raw: str = (scope.get("raw_path") or scope["path"].encode()).decode("utf-8", "replace")
        found = self._find(raw, scope["method"])
        if found is None:
            return self._elsewhere(scope, receive, send)
        operation, path = found
        scope[SCOPE_KEY] = Call(operation, dict(scope["headers"]), path)
        return self.app(scope, receive, send)

    def _find(self, raw: str, method: str) -> tuple[str, dict[str, str]] | None:
        """The operation that `method` and the undecoded path mean, and the path's parameters; None for an unknown path.
        Raises a 405 problem for a known one that lacks the method."""
        route = self.fixed.get(raw)
        if route is not None and method in route.methods:
            return route.methods[method], {}
        segments = raw.split("/")
        if "%" in raw:  # decoded after the split, so that %2F stays within its segment
            segments = [unquote(segment) for segment in segments]
            raw = "/".join(segments)
        routes = self.by_length.get(len(segments), ())
        matching = [route for route in routes if raw.startswith(route.beginning) and route.matches(segments)]
        for route in matching:
            if method in route.methods:
                return route.methods[method], {name: segments[i] for i, name in route.names}
        if matching:
            raise self._wrong_method(method, set().union(*(route.methods for route in matching)))
        return None

    @staticmethod
    def _wrong_method(method: str, allowed: set[str]) -> Problem:
        allow = ", ".join(sorted(allowed))
        detail = f"{method} is not allowed here; allowed: {allow}."
        return Problem(405, detail, rule="paths.method", code="method_not_allowed", headers={"Allow": allow})

    async def _elsewhere(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        base = next((b for b in self.base_paths if path == b or path.startswith(b + "/")), None)
        if base is None or path in self.files:
            return await self.pages(scope, receive, send)
        shown = path if len(path) <= LONGEST_SHOWN else f"{path[:LONGEST_SHOWN]}…"
        if self.not_mocked(path):
            detail = f"The real service has {shown}, this mock does not play it."
            raise Problem(404, detail, rule="paths.not-mocked", code="not_mocked")
        raise Problem(404, f"There is no {shown}.{self._nearest(shown)}", rule="paths.unknown", code="not_found")

    def _nearest(self, path: str) -> str:
        templates = [route.template for routes in self.by_length.values() for route in routes]
        nearest = get_close_matches(path, templates, n=1, cutoff=0.6)
        return f" Did you mean {nearest[0]}?" if nearest else ""
