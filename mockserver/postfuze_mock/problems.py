"""The one exception that carries a problem document (RFC 9457).

Any layer may raise `Problem`; the HTTP layer renders it in one place.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

CONTENT_TYPE: Final = "application/problem+json"
#: The code of a call that the engine does not serve now.
ENGINE_UNAVAILABLE: Final = "engine_unavailable"

# Not from `HTTPStatus`, whose phrases differ between Python versions (422, 413).
TITLES: Final[Mapping[int, str]] = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    407: "Proxy Authentication Required",
    408: "Request Timeout",
    409: "Conflict",
    410: "Gone",
    411: "Length Required",
    412: "Precondition Failed",
    413: "Content Too Large",
    414: "URI Too Long",
    415: "Unsupported Media Type",
    416: "Range Not Satisfiable",
    417: "Expectation Failed",
    418: "I'm a Teapot",
    421: "Misdirected Request",
    422: "Unprocessable Entity",
    423: "Locked",
    424: "Failed Dependency",
    425: "Too Early",
    426: "Upgrade Required",
    428: "Precondition Required",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    451: "Unavailable For Legal Reasons",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    505: "HTTP Version Not Supported",
    506: "Variant Also Negotiates",
    507: "Insufficient Storage",
    508: "Loop Detected",
    511: "Network Authentication Required",
}


def title(status: int) -> str:
    """The phrase of a status; an unregistered one gets that of its class (RFC 9110, section 15)."""
    return TITLES.get(status) or ("Bad Request" if status < 500 else "Internal Server Error")


class Problem(Exception):
    """A failed request, as its caller sees it.

    `status` is the HTTP status; `detail` says what was wrong with this request, or is None; `code` is stable and
    machine-readable (`not_found`, …); `errors` lists the violations of a failed validation, and nothing else; `headers`
    go with the response (`Allow`, `Retry-After`, `WWW-Authenticate`).

    `rule` says what refused the request, for the journal: the id of a statement or an assumption of openapi.yaml, or of
    a rule of the mock (`x-rules` of the control API's specification). Every problem that this package raises has one.
    """

    def __init__(
        self,
        status: int,
        detail: str | None,
        *,
        rule: str = "",
        code: str | None = None,
        errors: Sequence[Mapping[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.rule = rule
        self.code = code
        self.errors = errors
        self.headers: Mapping[str, str] = headers or {}

    def document(self) -> dict[str, Any]:
        """The body: `type`, `title`, `status`, `detail`, and `code` and `errors` if set."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": title(self.status),
            "status": self.status,
            "detail": self.detail,
        }
        if self.code is not None:
            document["code"] = self.code
        if self.errors is not None:
            document["errors"] = list(self.errors)
        return document


def unauthorized(*, rule: str, detail: str = "Invalid or expired API key.") -> Problem:
    """A 401 for a key that is missing, malformed, revoked or expired."""
    challenge = {"WWW-Authenticate": 'Bearer realm="postfuze"'}
    return Problem(401, detail, rule=rule, code="unauthorized", headers=challenge)


def too_many(wait: int, *, rule: str) -> Problem:
    """A 429 with a `Retry-After` of `wait` seconds."""
    detail = f"Rate limit exceeded; retry in {wait} s."
    return Problem(429, detail, rule=rule, code="rate_limited", headers={"Retry-After": str(wait)})


def refused(pointer: str, message: str) -> Problem:
    """A 400 for a body that fits its schema but is invalid at `pointer` (a JSON pointer)."""
    errors = [{"in": "body", "pointer": pointer, "message": message}]
    detail = f"{pointer or 'the body'}: {message}"
    return Problem(400, detail, rule="errors.validation", code="validation_failed", errors=errors)
