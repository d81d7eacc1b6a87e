"""openapi.yaml, loaded: the document, its operations, its statements and its assumptions.

The server, the contract harness and the tests read it here, so this module imports nothing of the server.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, Literal, cast

from postfuze_fixtures.cache import cached

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class SpecificationError(ValueError):
    """A specification is invalid; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a call may do to a deployment. `target` is the path parameter that names what a probe or a write changes,
    None if it changes nothing that exists. `missing` is the statement, or the assumption, about a call whose target
    does not exist: it changes nothing, whatever it returns. None if there is none."""

    kind: Literal["read", "probe", "write", "undeclared"]
    target: str | None = None
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation; `method` is in upper case, `path` is relative to the server, `definition` its Operation Object."""

    id: str
    method: str
    path: str
    definition: Mapping[str, Any]

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """The names of the parameters in the path, in its order."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    @property
    def effect(self) -> Effect:
        """The declared `x-effect`; `undeclared` if it is missing or invalid."""
        declaration = self.definition.get("x-effect"), self.definition.get("x-effect-target")
        match declaration:
            case "read", None:
                return Effect("read")
            case "write", "none":
                return Effect("write")
            case "probe" | "write" as kind, target if target in self.path_parameters:
                return Effect(kind, target, self.definition.get("x-effect-missing"))
        return Effect("undeclared")


@dataclass(frozen=True, slots=True)
class Statement:
    """What the documentation states, for `operations`; `pointer` is where in openapi.yaml (JSON pointer), `words` are
    the documentation's own. HTTP alone cannot show a statement that is not `observable`. The basis `pinned` is that of
    a pinned assumption, which is judged like a statement."""

    id: str
    statement: str
    basis: Literal["document", "around", "pinned"]
    observable: bool
    operations: tuple[str, ...]
    pointer: str
    words: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """What the statement is about: `list` of `list.newest-first`."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Assumption:
    """What the documentation leaves open, with our choice and the alternatives of a deployment. `descriptions` has a
    sentence for each of them. The mock does not play the `unplayed` alternatives."""

    id: str
    question: str
    choice: str
    alternatives: tuple[str, ...]
    descriptions: Mapping[str, str]
    unplayed: frozenset[str]
    pointer: str

    @property
    def choices(self) -> tuple[str, ...]:
        """Our choice, then the alternatives."""
        return (self.choice, *self.alternatives)

    def pinned(self, choice: str) -> Statement:
        """The statement that a deployment keeps if it sticks to `choice`."""
        sentence = " ".join(f"{self.question} {self.descriptions[choice]}".split())
        return Statement(self.id, sentence, "pinned", True, (), self.pointer)


def source() -> Traversable:
    """The file itself: inside an installed package, or at the root of a checkout."""
    # First the packaged one: the folders above an installed package may contain another openapi.yaml.
    file = resources.files("postfuze_mock") / "_data" / "openapi.yaml"
    return file if file.is_file() else Path(__file__).resolve().parents[2] / "openapi.yaml"


def load_bytes() -> bytes:
    """The file's current bytes. Raises FileNotFoundError in a broken installation."""
    return source().read_bytes()


@cache
def load() -> dict[str, Any]:
    """The document, read once and shared by all callers: do not change it. Raises as `parse`."""
    content = load_bytes()
    return cast(dict[str, Any], cached("openapi", content, lambda: parse(content)))


def parse(content: bytes) -> dict[str, Any]:
    """The document in `content`. Raises SpecificationError for invalid YAML and a document without paths."""
    import yaml  # most starts find the document in the cache

    try:
        document = yaml.load(content, Loader=yaml.CSafeLoader)  # takes 8 ms; the loader in pure Python takes 78
    except yaml.YAMLError as error:
        reason = " ".join(str(error).replace('"<byte string>", ', "").split())
        raise SpecificationError(f"openapi.yaml is not valid YAML: {reason}") from error
    if not isinstance(document, dict) or "paths" not in document:
        raise SpecificationError("openapi.yaml is invalid: it has no paths")
    return cast(dict[str, Any], document)


def operations(document: Mapping[str, Any] | None = None) -> dict[str, Operation]:
    """The operations of a specification (openapi.yaml, if none is given) by operationId, in the file's order."""
    return {
        definition["operationId"]: Operation(definition["operationId"], method.upper(), path, definition)
        for path, item in (document or load())["paths"].items()
        for method, definition in item.items()
        if method in METHODS
    }


def resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """`node`, or the part of the document that it refers to."""
    while "$ref" in node:
        target: Any = load()
        for part in pointer_parts(node["$ref"]):
            target = target[part]
        node = target
    return node


def statements() -> list[Statement]:
    """All `x-statements`, in the file's order."""
    return list(_statements(load(), "", ()))


def assumptions() -> list[Assumption]:
    """The `x-assumptions`, in the file's order."""
    return [_assumption(entry, f"/x-assumptions/{index}") for index, entry in enumerate(load()["x-assumptions"])]


def _assumption(entry: Mapping[str, Any], pointer: str) -> Assumption:
    others = entry["alternatives"]
    return Assumption(
        id=entry["id"],
        question=entry["question"],
        choice=entry["choice"],
        alternatives=tuple(other["id"] for other in others),
        descriptions={each["id"]: each["description"] for each in ({**entry, "id": entry["choice"]}, *others)},
        unplayed=frozenset(other["id"] for other in others if not other.get("played", True)),
        pointer=pointer,
    )


def _statements(node: object, at: str, enclosing: tuple[str, ...]) -> Iterator[Statement]:
    """The statements below `node`, which is at the pointer `at` and within the operation `enclosing`, if any."""
    if isinstance(node, Mapping):
        enclosing = (node["operationId"],) if "operationId" in node and "responses" in node else enclosing
        for index, entry in enumerate(node.get("x-statements", ())):
            yield _statement(entry, f"{at}/x-statements/{index}", enclosing)
        for key, value in node.items():
            yield from _statements(value, at + pointer([key]), enclosing) if key != "x-statements" else ()
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for index, value in enumerate(node):
            yield from _statements(value, f"{at}/{index}", enclosing)


def _statement(entry: Mapping[str, Any], pointer: str, enclosing: tuple[str, ...]) -> Statement:
    return Statement(
        id=entry["id"],
        statement=entry["statement"],
        basis=entry["basis"],
        observable=entry.get("observable", True),
        operations=tuple(entry.get("operations", enclosing)),
        pointer=pointer,
        words=_words(entry.get("from", ())),
    )


def _words(source: str | Sequence[str]) -> tuple[str, ...]:
    return (source,) if isinstance(source, str) else tuple(source)


def pointer(path: Iterable[object]) -> str:
    """`path` as a JSON pointer (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


def pointer_parts(pointer: str) -> list[str]:
    """The member names and item indexes of a JSON pointer (RFC 6901); none for the whole document."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
