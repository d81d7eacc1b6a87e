"""The loader finds openapi.yaml in a checkout and in an installed package, without importing the server."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import postfuze_mock
from postfuze_mock import spec

CHECKOUT = Path(__file__).parents[2]
PACKAGE = Path(postfuze_mock.__file__).parent


def run(code: str, *roots: Path) -> str:
    """The output of `code` in a new Python process with `roots` as its path."""
    script = f"import sys\nsys.path[:0] = {[str(root) for root in roots]!r}\n{code}"
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder with the package as installed from a wheel, below a foreign openapi.yaml."""
    (tmp_path / "openapi.yaml").write_text("info: {title: somebody else's}\n", encoding="utf-8")
    package = tmp_path / "site-packages" / "postfuze_mock"
    (package / "_data").mkdir(parents=True)
    for name in ("__init__.py", "spec.py"):
        shutil.copy(PACKAGE / name, package / name)
    shutil.copy(CHECKOUT / "openapi.yaml", package / "_data" / "openapi.yaml")
    return package.parent


def test_spec_is_found_at_the_root_of_a_checkout() -> None:
    assert spec.load_bytes() == (CHECKOUT / "openapi.yaml").read_bytes()


def test_spec_is_found_inside_an_installed_package(installed: Path) -> None:
    code = "from postfuze_mock import spec; print(spec.source(), spec.load()['info']['title'], len(spec.statements()))"
    expected = f"{installed / 'postfuze_mock/_data/openapi.yaml'} {spec.load()['info']['title']}"
    assert run(code, installed) == f"{expected} {len(spec.statements())}\n"


def test_missing_spec_is_reported(installed: Path) -> None:
    (installed / "postfuze_mock/_data/openapi.yaml").unlink()
    (installed.parent / "openapi.yaml").unlink()
    code = "from postfuze_mock import spec\ntry: spec.load()\nexcept FileNotFoundError: print('not found')"
    assert run(code, installed) == "not found\n"


def test_loader_imports_no_server() -> None:
    roots = {"connexion", "starlette", "uvicorn", "faker", "postfuze_fixtures", "postfuze_mock"}
    code = f"import postfuze_mock.spec\nprint(sorted(m for m in sys.modules if m.split('.')[0] in {roots!r}))"
    light = ["postfuze_fixtures", "postfuze_fixtures.cache", "postfuze_mock", "postfuze_mock.spec"]
    assert run(code, PACKAGE.parent) == f"{light}\n"


def test_spec_is_read_once() -> None:
    assert spec.load() is spec.load()


def test_operations_have_method_and_path() -> None:
    operation = spec.operations()["finalizeConnection"]
    assert (operation.method, operation.path) == ("POST", "/social-accounts/pending/{sessionToken}/finalize")
    assert operation.definition is spec.load()["paths"][operation.path]["post"]
