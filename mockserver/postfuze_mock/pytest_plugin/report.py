"""What the report of a failed test says about its world: the calls, and the events that did not arrive."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Final

import pytest

from postfuze_mock.client import Mock, MockError
from postfuze_mock.client.fields import Json
from postfuze_mock.client.reasons import reasons

WORLD: Final = pytest.StashKey[Mock]()
#: Seconds that a report waits for the mock.
TIMEOUT: Final = 5.0
#: Entries of the journal that a report reads, and lines of a kind that it shows.
MAX_READ: Final = 200
MAX_LINES: Final = 10


class FailureSections:
    """A plugin that is registered when a test first uses the mock: other runs pay nothing for it."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Add the sections to the report of a failed test while its world stands."""
        report = yield
        world = item.stash.get(WORLD, None)
        if report.failed and world is not None:
            report.sections += sections(world)
        return report


def sections(world: Mock) -> list[tuple[str, str]]:
    """Titles and texts about `world`; a mock that does not answer must not hide the test's own failure."""
    mock = Mock(world.url, world.key, world.control_token, timeout=TIMEOUT)
    name = (world.key or "").partition("_test_")[2]
    texts = {f"Postfuze journal of world {name}": journal, f"Postfuze events of world {name}": undelivered}
    try:
        return [(title, text) for title, describe in texts.items() if (text := _described(describe, mock))]
    finally:
        mock.close()


def journal(mock: Mock) -> str:
    """The calls of a world: the refused ones with their reasons, then the others."""
    entries = mock.list_requests(limit=MAX_READ)
    refused = [entry for entry in entries if _is_refused(entry)]
    others = [entry for entry in entries if not _is_refused(entry)]
    if not entries:
        return "There was no call."
    lines = [f"Refused calls ({len(refused)}):", *_last(map(refusal, refused))] if refused else []
    lines += [f"Other calls ({len(others)}):", *_last(map(call, others))] if others else []
    return "\n".join(lines)


def undelivered(mock: Mock) -> str:
    """The events of a world that a webhook has not accepted."""
    lines = [
        f"{event['event']} → {delivery['url']}: {_delivery(delivery)}"
        for event in mock.list_events(limit=MAX_READ)
        for delivery in event["deliveries"]
        if delivery["status"] != "delivered"
    ]
    return "\n".join([f"Not delivered ({len(lines)}):", *_last(lines)]) if lines else ""


def refusal(entry: Json) -> str:
    """A refused call, and why it was refused."""
    return "\n    ".join([call(entry), *reasons(entry)])


def call(entry: Json) -> str:
    """A call and its outcome."""
    outcome = "the connection was dropped" if entry["status"] is None else entry["status"]
    code = (entry["problem"] or {}).get("code")
    return f"{entry['method']} {entry['path']} → {outcome}{f' {code}' if code else ''}"


def _is_refused(entry: Json) -> bool:
    return entry["status"] is None or entry["status"] >= 400


def _delivery(delivery: Json) -> str:
    attempts = delivery["attempts"]
    reason = f", {attempts[-1]['error']}" if attempts and attempts[-1]["error"] else ""
    times = f" after {len(attempts)} attempt{'s' * (len(attempts) > 1)}" if attempts else ""
    return f"{delivery['status']}{times}{reason}"


def _described(describe: Callable[[Mock], str], mock: Mock) -> str:
    try:
        return describe(mock)
    except MockError as error:
        return f"It cannot be read: {error}"


def _last(lines: Iterator[str] | list[str]) -> list[str]:
    """The last of `lines`, indented, with a count of those before."""
    texts = [f"  {line}" for line in lines]
    before = len(texts) - MAX_LINES
    return [*([f"  … and {before} before"] if before > 0 else []), *texts[-MAX_LINES:]]
