"""Turns exceptions into problem documents (RFC 9457)."""

from __future__ import annotations

import logging

from starlette.exceptions import HTTPException
from starlette.types import Scope

from postfuze_mock.http.call import RULE_KEY
from postfuze_mock.problems import Problem
from postfuze_mock.records import encoded

logger = logging.getLogger(__name__)


def problem(scope: Scope, error: Exception) -> Problem:
    """The problem for `error`; its rule goes into `scope` for the journal. An exception that is neither a Problem nor
    an HTTP error of the pages is a bug of the mock: it is logged, and the problem says so."""
    if isinstance(error, HTTPException):  # from Starlette, which serves the pages
        rule = "paths.method" if error.status_code == 405 else "paths.unknown"
        error = Problem(error.status_code, error.detail, rule=rule, headers=error.headers)
    elif not isinstance(error, Problem):
        logger.error("The mock failed: %r", error, exc_info=error)
        detail = "The mock failed; its log says more. This is a bug of postfuze-mock."
        error = Problem(500, detail, rule="mock.failed", code="mock_failed")
    scope[RULE_KEY] = error.rule
    return error


def render(problem: Problem) -> bytes:
    """The body of a response that carries `problem`."""
    return encoded(problem.document())
