"""`init` writes a file that `run` accepts, and never overwrites one."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import certifi
from tests.contracts.cli.commands import contracts

from postfuze_contracts.cli.init import TEMPLATE
from postfuze_contracts.config import read
from postfuze_contracts.config.settings import TABLES
from postfuze_contracts.model.options import Access


def test_written_file_is_valid_unchanged(url: str, tmp_path: Path) -> None:
    assert contracts("init", cwd=tmp_path).returncode == 0
    env = {"POSTFUZE_KEY": "sk_test_init", "POSTFUZE_URL": url}
    result = contracts("run", "--only", "health.unknown", cwd=tmp_path, env=env)
    assert (result.returncode, result.stderr) == (0, "")


def test_init_never_overwrites(tmp_path: Path) -> None:
    mine = tmp_path / "contracts.toml"
    mine.write_text("# mine\n")
    result = contracts("init", cwd=tmp_path)
    assert result.returncode == 2
    assert "contracts.toml already exists" in result.stderr
    assert mine.read_text() == "# mine\n"


def test_init_writes_to_the_path_that_is_named(tmp_path: Path) -> None:
    assert contracts("init", "staging.toml", cwd=tmp_path).returncode == 0
    assert (tmp_path / "staging.toml").read_text() == TEMPLATE
    assert contracts("init", "none/staging.toml", cwd=tmp_path).returncode == 2


def test_every_setting_is_in_the_file_and_valid_when_uncommented(tmp_path: Path) -> None:
    text = re.sub(r"^# (?=[a-z_]+ = |\[\[)", "", TEMPLATE, flags=re.MULTILINE)
    (tmp_path / "contracts.toml").write_text(text)
    names = re.findall(r"env:(\w+)", text)
    shutil.copy(certifi.where(), tmp_path / "authority.pem")
    settings = read({}, dict.fromkeys(names, "http://x"), tmp_path)
    assert settings.access is Access.FULL
    assert settings.waivers[0].owner == "accounts team"
    assert all(
        re.search(rf"^{key} = ", text, re.MULTILINE)
        for table, keys in TABLES.items()
        for key in keys
        if table != "assume"
    )
