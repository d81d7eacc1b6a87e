"""The program `postfuze-mock` of the executable."""

import sys

from postfuze_mock.cli import main

sys.exit(main())
