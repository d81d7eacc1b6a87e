"""What importing the client loads."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

from tests.support.processes import environment

PROGRAM: Final = """
import sys
before = set(sys.modules)
import postfuze_mock.client
print(*sorted(name for name in set(sys.modules) - before))
"""


def test_client_imports_only_the_standard_library() -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment(), capture_output=True, text=True, check=True
    )
    modules = result.stdout.split()
    others = {name.partition(".")[0] for name in modules} - sys.stdlib_module_names

    assert others == {"postfuze_mock"}
    assert {".".join(name.split(".")[:2]) for name in modules if name.startswith("postfuze_mock.")} == {
        "postfuze_mock.client"
    }
