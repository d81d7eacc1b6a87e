"""Content negotiation (RFC 9110, section 12.5.1): every response of the API is JSON."""

from __future__ import annotations

from postfuze_mock.problems import Problem

_COMMON = frozenset({b"*/*", b"application/json"})  # what nearly every client sends
_SPECIFICITY = {"*/*": 0, "application/*": 1, "application/json": 2}


def check(accept: bytes | None) -> None:
    """Raises a 406 problem if `accept` excludes JSON."""
    if accept is None or accept in _COMMON or not accept.strip() or _accepts_json(accept.decode("latin-1").lower()):
        return
    detail = f"Only application/json can be sent; Accept was {accept.decode('latin-1')}."
    raise Problem(406, detail, rule="media-types.answer", code="not_acceptable")


def prefers_html(accept: str) -> bool:
    """Whether the caller is a browser: browsers name text/html, API clients do not."""
    return "text/html" in accept.lower()


def _accepts_json(accept: str) -> bool:
    best = (-1, 0.0)  # the most specific range decides
    for item in accept.split(","):
        media_range, *parameters = (part.strip() for part in item.split(";"))
        specificity = _SPECIFICITY.get(media_range, -1)
        if specificity >= 0:
            best = max(best, (specificity, _quality(parameters)))
    return best[1] > 0


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 1.0
    return 1.0
