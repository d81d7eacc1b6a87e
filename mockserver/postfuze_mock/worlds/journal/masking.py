"""Masks secrets in texts: API keys, session tokens, signing secrets, and values whose names sound secret."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote, unquote_plus

MASK = "…"
#: How many characters are shown of a session token of this server.
TOKEN_END = 4
_WORDS = "token|secret|password|passwd|authorization|cookie|signature|credential|state|api[_.-]?key"
_NAME = rf"(?:[\w.-]*(?:{_WORDS})s?|key)"
_SECRET_NAME = re.compile(_NAME, re.IGNORECASE | re.ASCII)
_AUTHORIZATION = re.compile(
    r"(?P<prefix>(?:(?:bearer|basic) +)?(?:sk_(?:live|test)_)?).*?(?P<suffix>_readonly|_revoked|_expired)?",
    re.IGNORECASE | re.DOTALL,
)
_RUN = re.compile(r"[A-Za-z0-9_-]{4,128}")
#: What a text with a secret contains in lower case, which is quick to see; the secret; and what takes its place.
_PATTERNS = tuple(
    (hint, re.compile(pattern, re.IGNORECASE | re.ASCII), replacement)
    for hint, pattern, replacement in (
        ("sk_", r"(sk_(?:live|test)_)[^\s\"'&<>\\,;/]+", rf"\1{MASK}"),
        ("whsec_", r"(whsec_)[\w+/=-]+", rf"\1{MASK}"),
        (" ", r"\b((?:bearer|basic) +(?:sk_(?:live|test)_)?)[^\s\"'\\,;]+", rf"\1{MASK}"),
        ("pending/", r"(pending/+)[^/\s\"'\\?#{]+", rf"\1{MASK}"),
        ("=", rf"((?:^|[?&;\s\"]){_NAME}=)[^&#\s\"'\\;]+", rf"\1{MASK}"),
        ('"', rf"(\"{_NAME}\"\s*:\s*)(?:\"(?:[^\"\\]|\\.)*(?:\"|$)|-?\d[\d.e+-]*)", rf'\1"{MASK}"'),
    )
)


class Masking:
    """Masks what may be a secret; `is_token` recognizes the session tokens of this server."""

    def __init__(self, is_token: Callable[[str], bool]) -> None:
        self._is_token = is_token

    def text(self, text: str) -> str:
        """`text` with its secrets masked; it may be a URL or contain (part of) a JSON document."""
        lower = text.lower()
        for hint, pattern, replacement in _PATTERNS:
            if hint in lower:
                text = pattern.sub(replacement, text)
        return _RUN.sub(lambda run: MASK if self._is_token(run[0]) else run[0], text)

    def header(self, name: str, value: str) -> str:
        """The value of a header, masked; the suffix of a key, which says what it may do, is shown."""
        if name == "www-authenticate":
            return value
        if name.endswith("authorization"):
            match = _AUTHORIZATION.fullmatch(value)
            return f"{match['prefix']}{MASK}{match['suffix'] or ''}" if match else MASK
        return MASK if _SECRET_NAME.fullmatch(name) else self.text(value)

    def target(self, target: str) -> str:
        """A path and its query masked; parts with a secret lose their percent-encoding."""
        path, mark, query = target.partition("?")
        return self._path(path) + mark + "&".join([self._pair(pair) for pair in query.split("&")])

    def _path(self, path: str) -> str:
        segments, before = [], ""
        for segment in path.split("/"):
            plain = unquote(segment)
            result = self._token(plain) if plain and before.lower().endswith("pending") else self.text(plain)
            segments.append(segment if result == plain else result)
            before = plain or before
        return "/".join(segments)

    def _token(self, token: str) -> str:
        """A session token. The end of one that this server has issued is shown, so that its session can be found."""
        return MASK + token[-TOKEN_END:] if self._is_token(token) else MASK

    def _pair(self, pair: str) -> str:
        name, mark, value = pair.partition("=")
        if _SECRET_NAME.fullmatch(unquote_plus(name)) and value:
            return f"{name}={MASK}"
        return self._plain(name) + mark + self._plain(value)

    def _plain(self, text: str) -> str:
        plain = unquote_plus(text)
        result = self.text(plain)
        return text if result == plain else result
