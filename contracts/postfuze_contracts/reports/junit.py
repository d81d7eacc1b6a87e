"""JUnit XML, for CI servers: a suite for each subject, a case for each statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from postfuze_contracts.model.conclusion import Reason
from postfuze_contracts.model.events import CheckFinished, Event, RunFinished
from postfuze_contracts.reports import results
from postfuze_contracts.reports.decisions import DECIDED, SEVERAL, UNMATCHED, Decision, decisions, sections
from postfuze_contracts.reports.results import FileReport, Result
from postfuze_contracts.reports.text import curl, one_line, printable


class JUnitReport(FileReport):
    """The suites. A flaky statement is a failure if `strict`, else it is skipped."""

    def __init__(self, path: Path, *, strict: bool = False) -> None:
        super().__init__(path, strict=strict)
        self._seconds: defaultdict[str, float] = defaultdict(float)  # by statement

    def handle(self, event: Event) -> None:
        """Share the seconds of a check among the statements that it judged, so that the times of all cases add up."""
        if isinstance(event, CheckFinished):
            for statement in event.judged:
                self._seconds[statement] += event.seconds / len(event.judged)
        super().handle(event)

    def render(self, finished: RunFinished) -> str:
        """The suites as XML."""
        root = self._document(finished)
        ElementTree.indent(root)
        text = ElementTree.tostring(root, encoding="unicode")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'

    def _document(self, finished: RunFinished) -> Element:
        root = Element("testsuites", name="postfuze-contracts", time=f"{finished.seconds:.3f}")
        for subject, group in results.by_subject(results.from_verdicts(finished.verdicts)).items():
            root.append(self._suite(subject, group))
        for title, open_group in sections(decisions(finished.observations, self._options.pins)):
            root.append(_open(_OPEN_SUITES[title], open_group))
        if problems := results.problems(results.conclusion(self._options, finished, self._strict)):
            root.append(_run(problems))
        for name in ("tests", "failures", "errors", "skipped"):
            root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
        return root

    def _suite(self, subject: str, group: Sequence[Result]) -> Element:
        suite = Element("testsuite", name=subject)
        properties = SubElement(suite, "properties")
        options = self._options
        for name, value in (("url", options.url), ("profile", options.profile_name), ("seed", options.seed)):
            SubElement(properties, "property", name=name, value=printable(str(value)))
        for result in group:
            suite.append(self._case(result))
        _count(suite)
        return suite

    def _case(self, result: Result) -> Element:
        case = Element("testcase", classname=result.statement.subject, name=result.statement.id)
        case.set("time", f"{self._seconds[result.statement.id]:.3f}")
        label = result.label
        if label == "fail" or (label == "flaky" and self._strict):
            first = result.verdict.failures[0]
            message = one_line(f"expected {first.expected}; got {first.got}", 500)
            SubElement(case, "failure", type=result.statement.id, message=message).text = self._details(result)
        elif label != "pass":
            SubElement(case, "skipped", message=f"{label}: {result.note}")
        SubElement(case, "system-out").text = self._story(result)
        return case

    def _story(self, result: Result) -> str:
        lines = [*self._head(result), f"{result.label}: {result.note}"]
        tolerated = result.label == "waived" or (result.label == "flaky" and not self._strict)
        return "\n".join([*lines, self._details(result)] if tolerated else lines)

    def _head(self, result: Result) -> list[str]:
        """What the statement says, and where it stands."""
        url = results.reference(self._options, result.kind, result.statement.id)
        return [result.statement.statement.strip(), str(result.position), *([url] if url else [])]

    def _details(self, result: Result) -> str:
        lines = self._head(result)
        for failure in result.examples:
            lines += ["", f"expected: {failure.expected}", f"got: {failure.got}", f"check: {failure.check}"]
            lines += [f"{name}: {text}" for name, text in results.both_responses(failure)]
            lines += [curl(exchange.request, self._options.url) for exchange in failure.exchanges[-1:]]
        return printable("\n".join(lines))


def _run(problems: Sequence[Reason]) -> Element:
    """A suite with a case for each reason why the run does not pass besides failed statements."""
    suite = Element("testsuite", name="run")
    for number, reason in enumerate(problems, 1):
        case = SubElement(suite, "testcase", classname="run", name=f"{reason.word.lower()} {number}", time="0.000")
        SubElement(case, "error", type=reason.word.lower(), message=one_line(reason.sentence))
    _count(suite)
    return suite


_OPEN_SUITES: Final = {
    DECIDED: "assumptions",
    SEVERAL: "assumptions, several ways at once",
    UNMATCHED: "assumptions, no known way",
}


def _open(name: str, group: Sequence[Decision]) -> Element:
    """A suite without cases: how the target decides what is open, compared with the mock."""
    suite = Element("testsuite", name=name)
    properties = SubElement(suite, "properties")
    for decision in group:
        SubElement(properties, "property", name=decision.assumption.id, value=decision.note)
    _count(suite)
    return suite


def _count(suite: Element) -> None:
    """Set the totals of a suite."""
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(kind) is not None for case in cases)))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")
