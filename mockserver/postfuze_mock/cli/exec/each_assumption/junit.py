"""Reads JUnit files, the tests' outcomes in the form that nearly all test runners can write.

Whatever is in a file is read as a stream, within a bound of size, and without document types and entities, which have
no place in such a file but in an attack.
"""

from __future__ import annotations

import glob
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from xml.parsers import expat

from postfuze_fixtures import user_files

RUN: Final = "{run}"
MAX_FILES: Final = 1000
MAX_SIZE: Final = 64 << 20
MAX_TESTS: Final = 100_000
_FAILURES: Final = ("failure", "error")

#: Whether a test passed, by its name; skipped ones are left out.
Tests = dict[str, bool]
#: The time of change and the size of files.
Stamps = dict[str, tuple[int, int]]


class JUnitError(ValueError):
    """A file cannot be read. The message is one sentence."""


def stamps(pattern: str, folder: Path) -> Stamps:
    """The files that `pattern` matches, where `{run}` is `folder`."""
    absolute = pattern.replace(RUN, glob.escape(str(folder)))
    result = {}
    for path in sorted(glob.glob(absolute, recursive=True)):  # noqa: PTH207 - Path.glob refuses absolute patterns
        with suppress(FileNotFoundError):  # it has just been deleted
            stat = Path(path).stat()
            result[path] = (stat.st_mtime_ns, stat.st_size)
    return result


def read(pattern: str, folder: Path, before: Stamps) -> Tests:
    """The tests in the files that `pattern` matches, except for those that are as they were `before`. A test that
    stands there several times passed if it always did. Raises JUnitError, also for too many files or tests."""
    paths = [path for path, stamp in stamps(pattern, folder).items() if before.get(path) != stamp]
    if len(paths) > MAX_FILES:
        raise JUnitError(f"--junit matches {len(paths)} files, more than {MAX_FILES}")
    tests: Tests = {}
    for path in paths:
        for name, passed in _tests(path):
            tests[name] = tests.get(name, True) and passed
        if len(tests) > MAX_TESTS:
            raise JUnitError(f"the JUnit files have more than {MAX_TESTS} tests")
    return tests


def _tests(path: str) -> Iterator[tuple[str, bool]]:
    reader = _Reader()
    try:
        reader.parser.Parse(user_files.read(path, MAX_SIZE), True)
    except OSError as error:
        raise JUnitError(f"{path} cannot be read: {error.strerror}") from error
    except expat.ExpatError as error:
        raise JUnitError(f"{path} is no XML: {error}") from error
    except _DoctypeError as error:
        raise JUnitError(f"{path} has a document type, which JUnit files have not") from error
    yield from reader.tests


class _DoctypeError(Exception):
    pass


class _Reader:
    """Collects the tests of one file."""

    def __init__(self) -> None:
        self.tests: list[tuple[str, bool]] = []
        self._name = ""
        self._passed: bool | None = None
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._doctype

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "testcase":
            self._name = "::".join(part for part in (attributes.get("classname"), attributes.get("name")) if part)
            self._passed = True
        elif tag in _FAILURES and self._passed is not None:
            self._passed = False
        elif tag == "skipped":
            self._passed = None

    def _end(self, tag: str) -> None:
        if tag == "testcase" and self._passed is not None:
            self.tests.append((self._name, self._passed))

    def _doctype(self, *_: object) -> None:
        raise _DoctypeError
