"""The program `postfuze-mock` of the executable."""

import sys
from multiprocessing import freeze_support

from postfuze_mock.cli import main

if __name__ == "__main__":
    freeze_support()  # a worker of `serve --workers` is this program, too
    sys.exit(main())
