"""All members of the family: importing this module loads them."""

from importlib import import_module
from pathlib import Path

from tests.contracts.family.variants import BROKEN, CORRECT, Variant

for _folder in ("broken", "correct"):
    for _file in sorted((Path(__file__).parent / _folder).glob("*.py")):
        import_module(f"tests.contracts.family.{_folder}.{_file.stem}")

__all__ = ["BROKEN", "CORRECT", "Variant"]
