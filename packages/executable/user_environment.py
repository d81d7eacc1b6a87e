"""Runs first in both programs: takes back what the boot loader changed in the environment.

What they start, such as the command of `postfuze-mock exec`, must find the libraries of the system, not those of the
executable.
"""

import os
import sys

for name in [name for name in os.environ if name.startswith("_PYI_")]:
    del os.environ[name]
original = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
if original is not None:
    os.environ["LD_LIBRARY_PATH"] = original
elif os.environ.get("LD_LIBRARY_PATH") == getattr(sys, "_MEIPASS", None):
    del os.environ["LD_LIBRARY_PATH"]
