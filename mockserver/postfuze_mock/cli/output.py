"""What `serve` writes: the banner and the log on stderr, the ready line on stdout."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from postfuze_mock import __version__
from postfuze_mock.http.perimeter.access import Access
from postfuze_mock.setting_values import LogFormat
from postfuze_mock.settings import API_PATH, CONTROL_PATH

logger = logging.getLogger(__name__)


class JsonLines(logging.Formatter):
    """One JSON object per line: `time`, `level`, `logger`, `message`, and `error` with the traceback, if there is
    one."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def configure_log(form: LogFormat) -> None:
    """Send the mock's log, and the warnings of its libraries, to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    plain = logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", datefmt="%H:%M:%S")
    handler.setFormatter(JsonLines() if form == "json" else plain)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("postfuze_mock").setLevel(logging.INFO)


def announce(url: str, access: Access, key: str | None, *, form: LogFormat) -> None:
    """Report that the server is ready: the banner (with `form` json, two log entries) and the line that scripts wait
    for. `key` is one to begin with; None if no key may be shown."""
    console = _console(url, access)
    if form == "json":
        logger.info("Ready at %s.", url)
        logger.info("Control API: %s", console)
    else:
        print(_banner(url, console, key), file=sys.stderr, flush=True)
    print(f"postfuze-mock ready at {url}", flush=True)


def _console(url: str, access: Access) -> str:
    """Where the control API and its console are, or why they are refused; one line."""
    if access.refusal is not None:
        return access.refusal
    token = "   (needs X-Mock-Control-Token)" if access.token is not None else ""
    return f"{access.url or url}{CONTROL_PATH}/{token}"


def _banner(url: str, console: str, key: str | None) -> str:
    hint = f"{key}   (any sk_live_NAME or sk_test_NAME opens its own world)" if key else "one of the world file"
    return f"""
  postfuze-mock {__version__}: an offline Postfuze

  API        {url}{API_PATH}
  Reference  {url}/docs
  Console    {console}
  Key        {hint}

  Try it:
    curl "{url}{API_PATH}/social-accounts?platform=x" -H "Authorization: Bearer {key or "$POSTFUZE_KEY"}"

  Ctrl-C ends it.
"""
