"""Generates requests from openapi.yaml with Schemathesis: its examples, coverage of its parameters, and random ones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from postfuze_contracts.engine.documented import BASE, operation, schema
from postfuze_contracts.model.options import Options
from postfuze_mock import spec

if TYPE_CHECKING:  # importing it takes a third of a second, which only a run needs
    from schemathesis.generation.case import Case

_MAX_EXAMPLES = {"quick": 6, "ci": 20, "deep": 200}  # of random cases, valid and invalid each
_MAX_COVERAGE = {"quick": 12, "ci": 60, "deep": 1000}
_MAX_BYTES = 3500  # bytes of a target or body; gateways refuse longer ones


class Sendable(NamedTuple):
    """A generated request, as arguments of `Target.call`. `valid` says whether openapi.yaml allows it."""

    operation: str
    path: dict[str, str]
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    body: bytes | None
    valid: bool


def generate(id: str, options: Options) -> Iterator[Sendable]:
    """The distinct requests of one operation, equal for equal seeds and profiles."""
    profile, keys = options.profile, set[str]()
    for case in (*_examples(id), *_coverage(id, options.seed, _MAX_COVERAGE[profile]), *_random(id, options)):
        request = sendable(case)
        if request is not None and repr(request) not in keys:
            keys.add(repr(request))
            yield request


def sendable(case: Case[Any]) -> Sendable | None:
    """A case as a Sendable. None if HTTP or a gateway might not carry it to the operation."""
    from requests import Request
    from requests.exceptions import RequestException
    from schemathesis.generation import GenerationMode

    definition = spec.operations()[case.operation.definition.raw["operationId"]]
    if case.method.upper() != definition.method:
        return None
    try:
        parts = schema().transport.serialize_case(case, base_url=BASE)
        parts = {name: parts[name] for name in ("method", "url", "headers", "params", "data", "json") if name in parts}
        http_request = Request(**parts).prepare()
    except (RequestException, ValueError, TypeError):
        return None
    url, body = urlsplit(http_request.url or ""), http_request.body
    content = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else None
    path = _path_values(definition.path, url.path)
    if path is None or len(url.path) + len(url.query) > _MAX_BYTES or len(content or b"") > _MAX_BYTES:
        return None
    query = tuple(parse_qsl(url.query, keep_blank_values=True, errors="surrogateescape"))
    media_type = http_request.headers.get("Content-Type") if content is not None else None
    headers = {"Content-Type": str(media_type)} if media_type else {}
    valid = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    return Sendable(definition.id, path, query, headers, content, valid)


def _path_values(template: str, path: str) -> dict[str, str] | None:
    """The parameters of `template` in `path`. None if it is another path, or a value is blank."""
    names, parts = template.split("/"), path.split("/")
    if len(names) != len(parts):
        return None
    values = {}
    for name, part in zip(names, parts, strict=True):
        if name.startswith("{"):
            values[name[1:-1]] = unquote(part, errors="surrogateescape")
        elif name != part:
            return None
    return values if all(value.strip("./") for value in values.values()) else None


def _examples(id: str) -> Iterator[Case[Any]]:
    for strategy in operation(id).get_strategies_from_examples():
        yield from _draw(strategy, 1, 0)


def _coverage(id: str, seed: int, maximum: int) -> Iterator[Case[Any]]:
    from schemathesis.generation import GenerationMode

    definition = operation(id)
    config = schema().config.generation_for(operation=definition, phase="coverage")
    every = list(
        schema().iter_coverage_cases(definition, generation_modes=list(GenerationMode), generation_config=config)
    )
    # Cases are ordered by parameter: take some of each, and others with another seed.
    stride = max(len(every) // maximum, 1)
    yield from islice(every[seed % stride :: stride], maximum)


def _random(id: str, options: Options) -> Iterator[Case[Any]]:
    from schemathesis.generation import GenerationMode

    for mode in GenerationMode:
        yield from _draw(operation(id).as_strategy(mode), _MAX_EXAMPLES[options.profile], options.seed)


def _draw(strategy: Any, count: int, seed: int) -> list[Case[Any]]:
    """Up to `count` cases of a strategy."""
    import hypothesis

    cases: list[Case[Any]] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(strategy)
    def collect(case: Case[Any]) -> None:
        cases.append(case)

    try:
        collect()
    except hypothesis.errors.Unsatisfiable:
        return []  # an operation without parameters has no invalid requests
    return cases
