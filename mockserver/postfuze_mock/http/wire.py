"""What is no HTTP at all never reaches the application; uvicorn refuses it in plain text, we with a problem."""

from __future__ import annotations

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from postfuze_mock.problems import CONTENT_TYPE, Problem


class Protocol(HttpToolsProtocol):
    """uvicorn's own protocol, except for that answer (RFC 9112, section 2.2: 400, and the connection is closed)."""

    def send_400_response(self, msg: str) -> None:
        body = orjson.dumps(Problem(400, msg, code="no_http").document())
        head = (
            "HTTP/1.1 400 Bad Request\r\n"
            f"content-type: {CONTENT_TYPE}\r\n"
            f"content-length: {len(body)}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
