"""Sessions of httpx for the API of a world, where httpx is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx


def http_session(api_url: str, key: str | None) -> httpx.Client:
    """A client of the API at `api_url` that sends `key`. Raises ImportError (one sentence) without httpx."""
    session: httpx.Client = _httpx().Client(**_options(api_url, key))
    return session


def async_http_session(api_url: str, key: str | None) -> httpx.AsyncClient:
    """As `http_session`, for coroutines. It keeps no connection open, because nobody may be left to close it."""
    library = _httpx()
    limits = library.Limits(max_keepalive_connections=0)
    session: httpx.AsyncClient = library.AsyncClient(**_options(api_url, key), limits=limits)
    return session


def close_session(session: httpx.Client | httpx.AsyncClient | None) -> None:
    """Close the connections of a session; one for coroutines has none between two calls."""
    close = getattr(session, "close", None)
    if close is not None:
        close()


def _options(api_url: str, key: str | None) -> dict[str, Any]:
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    return {"base_url": api_url, "headers": headers, "trust_env": False}


def _httpx() -> Any:
    try:
        import httpx
    except ImportError as error:
        raise ImportError(
            "session is a client of httpx, which is not installed: install it, or call api_url with another client "
            "and the header Authorization: Bearer KEY"
        ) from error
    return httpx
