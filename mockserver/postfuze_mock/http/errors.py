"""The one place where a problem becomes an answer (RFC 9457). Registered as Connexion's error handlers."""

from __future__ import annotations

import logging

import orjson
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from starlette.exceptions import HTTPException

from postfuze_mock.http.call import RULE_KEY
from postfuze_mock.problems import CONTENT_TYPE, Problem

logger = logging.getLogger(__name__)


async def render(request: ConnexionRequest, error: Exception) -> ConnexionResponse:
    """A problem's own document; anything else is a bug of the mock and says so."""
    if isinstance(error, HTTPException):  # of the pages, which are Starlette's
        rule = "paths.method" if error.status_code == 405 else "paths.unknown"
        error = Problem(error.status_code, error.detail, rule=rule, headers=error.headers)
    elif not isinstance(error, Problem):
        logger.error("The mock failed: %r", error, exc_info=error)
        detail = "The mock failed; its log says more. This is a bug of postfuze-mock."
        error = Problem(500, detail, rule="mock.failed", code="mock_failed")
    request.scope[RULE_KEY] = error.rule
    return ConnexionResponse(
        status_code=error.status,
        content_type=CONTENT_TYPE,
        body=orjson.dumps(error.document()),
        headers=dict(error.headers),
    )
