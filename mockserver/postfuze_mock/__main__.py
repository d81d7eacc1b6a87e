"""`python -m postfuze_mock`."""

import sys

from postfuze_mock.cli import main

if __name__ == "__main__":  # not for a worker, which imports this too
    sys.exit(main())
