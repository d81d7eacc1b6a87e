"""`--assume-file`: the mock plays a deployment whose decisions were written down."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.mockserver.conftest import Start
from tests.support.servers import LocalMock

from postfuze_mock import spec
from postfuze_mock.domain.choices import Choices
from postfuze_mock.worlds import assumptions_file

FILE = """\
target = "https://api.example.com/api/v1"
observed = 2026-06-14

[assume]
# What if `limit` is above 100?
"limit.above-range" = "clamped"
finalize.unknown-page = 404
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "assumptions.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def status(mock: LocalMock, key: str = "sk_test_any") -> int:
    """The status of a list whose limit is out of range."""
    return mock.caller(key).get("/social-accounts", limit=1000).status


def test_file_decides_for_every_world(start: Start, file: Path) -> None:
    mock = start("--assume-file", file)

    assert (status(mock), status(mock, "sk_live_demo")) == (200, 200)


def test_flag_wins_over_the_file(start: Start, file: Path) -> None:
    assert status(start("--assume-file", file, "--assume", "limit.above-range=refused")) == 400


def test_world_file_wins_over_the_file(start: Start, file: Path, tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("assume: {limit.above-range: refused}\n", encoding="utf-8")

    assert status(start("--assume-file", file, "--world", tmp_path / "w.yaml")) == 400


def test_environment_may_name_the_file(start: Start, file: Path) -> None:
    assert status(start(env={"POSTFUZE_MOCK_ASSUME_FILE": str(file)})) == 200


def test_pyproject_may_name_the_file(start: Start, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.postfuze-mock]\nassume-file = '{file.name}'\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert status(start()) == 200


def test_ids_need_no_quotes_and_numbers_stand_for_their_digits(file: Path) -> None:
    assert assumptions_file.read(str(file)) == {"limit.above-range": "clamped", "finalize.unknown-page": "404"}


def test_what_is_not_played_is_said_once_in_one_line(
    start: Start, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a.toml"
    path.write_text(
        '[assume]\n"responses.media-type" = "other"\n"list.settling" = "within-seconds"\n', encoding="utf-8"
    )
    start("--assume-file", path)

    assert caplog.messages.count("Not played: responses.media-type=other, list.settling=within-seconds.") == 1


def test_every_choice_of_every_assumption_can_be_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    for number in range(max(len(each.choices) for each in spec.assumptions())):
        entries = {each.id: each.choices[number % len(each.choices)] for each in spec.assumptions()}
        lines = "\n".join(f'"{id}" = "{choice}"' for id, choice in entries.items())
        path.write_text(f"[assume]\n{lines}\n", encoding="utf-8")

        assert assumptions_file.read(str(path)) == entries
        Choices.with_overrides(entries)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[assume]\n\n"limit.above-rang" = "clamped"\n',
            ":3: There is no assumption 'limit.above-rang'; the nearest",
        ),
        (
            '[assume]\n"limit.above-range" = "clampt"\n',
            ":2: Assumption 'limit.above-range' has no alternative 'clampt'",
        ),
        ('x = 1\n[assume.limit]\n"above-range" = 7\n', ":3: Assumption 'limit.above-range' has no alternative '7'"),
        ('assume = {"limit.above-range" = true}\n', ":1: Assumption 'limit.above-range' has no alternative 'True'"),
        ('[asume]\n"limit.above-range" = "clamped"\n', ": there is no table [assume]"),
        ("[assume\n", ": Expected"),
        ("\udcff", ": not UTF-8"),
    ],
)
def test_mistake_is_one_sentence_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(ValueError, match=re.escape(f"{path}{message}")) as caught:
        assumptions_file.read(str(path))
    assert len(str(caught.value).splitlines()) == 1


def test_missing_file_is_one_sentence() -> None:
    with pytest.raises(ValueError, match=r"^there-is-none\.toml cannot be read: No such file"):
        assumptions_file.read("there-is-none.toml")
