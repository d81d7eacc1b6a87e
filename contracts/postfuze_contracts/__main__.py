"""`python -m postfuze_contracts`."""

from postfuze_contracts.cli import main

raise SystemExit(main())
