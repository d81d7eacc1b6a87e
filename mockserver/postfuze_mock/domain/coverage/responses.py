"""The responses that openapi.yaml declares, one record for each kind of answer that a client can tell apart."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from postfuze_mock import spec
from postfuze_mock.domain.coverage import attempts
from postfuze_mock.domain.coverage.attempts import Step

#: The statuses of failures.
_FAILURES: Final = range(400, 600)


@dataclass
class DeclaredAnswer:
    """An answer of `operations` with one of `statuses`. `id` is `OPERATION.STATUS`, with the name of the example where
    there are several; of an answer that all operations share, it is the name of the response. `step` is a call that
    gets it."""

    id: str
    title: str
    statuses: list[int]
    step: Step
    operations: list[str] = field(default_factory=list)


def declared(shared: Collection[str]) -> list[DeclaredAnswer]:
    """All answers, in the file's order; the responses with a name in `shared` are the same for all operations."""
    answers: dict[str, DeclaredAnswer] = {}
    for operation in spec.operations().values():
        for status, response in operation.definition["responses"].items():
            name = response.get("$ref", "").rpartition("/")[2]
            for answer in _answers(operation, status, spec.resolved(response), name if name in shared else ""):
                answers.setdefault(answer.id, answer).operations.append(operation.id)
    return list(answers.values())


def _answers(
    operation: spec.Operation, status: str, response: Mapping[str, Any], name: str
) -> Iterator[DeclaredAnswer]:
    statuses = _undeclared() if status == "default" else [int(status)]
    step: Step = attempts.example(operation)
    if statuses[0] >= _FAILURES[0]:
        step = {"call": step, "header": f"Prefer: code={statuses[0]}"}
    sentence = response["description"].strip().rstrip(".")
    title = sentence if statuses[0] < _FAILURES[0] else f"{sentence} ({status})"
    examples = next(iter(response["content"].values())).get("examples", {"": None})
    for example in examples:
        id = ".".join(part for part in (operation.id, status, example) if part)
        yield DeclaredAnswer(name or id, title, statuses, step)


def _undeclared() -> list[int]:
    """The statuses of failures that no operation declares."""
    declared = {status for each in spec.operations().values() for status in each.definition["responses"]}
    return [status for status in _FAILURES if str(status) not in declared]
