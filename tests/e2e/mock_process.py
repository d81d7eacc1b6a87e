"""Moved to `tests.support.processes`."""

from tests.support.processes import PATIENCE as PATIENCE
from tests.support.processes import READY as READY
from tests.support.processes import ROOT as ROOT
from tests.support.processes import SOURCE_ROOTS as SOURCE_ROOTS
from tests.support.processes import MockProcess as MockProcess
from tests.support.processes import command as command
from tests.support.processes import environment as environment
from tests.support.processes import until as until
