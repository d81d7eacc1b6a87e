"""`python -m postfuze_mock`."""

import sys

from postfuze_mock.cli import main

sys.exit(main())
