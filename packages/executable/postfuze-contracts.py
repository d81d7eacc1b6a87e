"""The program `postfuze-contracts` of the executable."""

import sys

from postfuze_contracts.cli import main

sys.exit(main())
