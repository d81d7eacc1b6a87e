"""JUnit files are read whatever is in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from postfuze_mock.cli.exec.each_assumption import junit

SUITES = """<?xml version="1.0"?>
<testsuites><testsuite>
  <testcase classname="a.B" name="passes"><system-out>&lt;failure&gt;</system-out></testcase>
  <testcase classname="a.B" name="fails"><failure message="x">no</failure></testcase>
  <testcase classname="a.B" name="errs"><error/></testcase>
  <testcase classname="a.B" name="skipped"><skipped/></testcase>
  <testcase name="of no class"/>
  <testcase name="twice"/><testcase name="twice"><failure/></testcase>
</testsuite><error/></testsuites>
"""
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>'


def written(folder: Path, text: str | bytes, name: str = "junit.xml") -> Path:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / name


def test_outcomes_are_read_by_name(tmp_path: Path) -> None:
    written(tmp_path, SUITES)

    assert junit.read("{run}/*.xml", tmp_path, {}) == {
        "a.B::passes": True,
        "a.B::fails": False,
        "a.B::errs": False,
        "of no class": True,
        "twice": False,
    }


def test_file_that_did_not_change_is_left_out(tmp_path: Path) -> None:
    written(tmp_path, SUITES)
    before = junit.stamps("{run}/*.xml", tmp_path)
    written(tmp_path, '<testsuite><testcase name="new"/></testsuite>', "new.xml")

    assert junit.read("{run}/*.xml", tmp_path, before) == {"new": True}


def test_folder_of_a_run_is_no_pattern(tmp_path: Path) -> None:
    folder = tmp_path / "a[b]*"
    folder.mkdir()
    written(folder, SUITES)

    assert len(junit.read("{run}/*.xml", folder, {})) == 5


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BOMB, "has a document type"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><testsuite/>', "has a document type"),
        ("<testsuite>", "is no XML"),
        ("", "is no XML"),
        (b"\xff\xfe\x00", "is no XML"),
    ],
)
def test_file_that_is_no_plain_xml_is_refused(tmp_path: Path, text: str | bytes, says: str) -> None:
    path = written(tmp_path, text)

    with pytest.raises(junit.JUnitError, match=says) as error:
        junit.read("{run}/*.xml", tmp_path, {})
    assert str(error.value).startswith(str(path))


def test_folder_and_large_file_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder.xml").mkdir()
    with pytest.raises(junit.JUnitError, match="it is a folder, not a file"):
        junit.read("{run}/folder.xml", tmp_path, {})
    written(tmp_path, SUITES)
    monkeypatch.setattr(junit, "MAX_SIZE", 100)
    with pytest.raises(junit.JUnitError, match="more than 100 bytes"):
        junit.read("{run}/junit.xml", tmp_path, {})


def test_number_of_files_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        written(tmp_path, SUITES, f"{name}.xml")
    monkeypatch.setattr(junit, "MAX_FILES", 2)

    with pytest.raises(junit.JUnitError, match="matches 3 files, more than 2"):
        junit.read("{run}/*.xml", tmp_path, {})


def test_deeply_nested_file_is_read(tmp_path: Path) -> None:
    written(tmp_path, "<a>" * 100_000 + '<testcase name="deep"/>' + "</a>" * 100_000)

    assert junit.read("{run}/*.xml", tmp_path, {}) == {"deep": True}
