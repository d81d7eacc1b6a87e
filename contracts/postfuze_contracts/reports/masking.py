"""Masks the events of a run for its reports.

Secrets are always masked: keys, Authorization headers, session tokens. Personal data (names, handles, pictures, ids on
platforms, payloads) is masked unless bodies are to be shown.
"""

from __future__ import annotations

import base64
import math
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Final
from urllib.parse import unquote, urlsplit

from postfuze_contracts.model.events import Changed, CheckFinished, Event, RunFinished, RunStarted
from postfuze_contracts.model.exchange import Exchange, Request, Response
from postfuze_contracts.model.needs import ANSWERS, Need
from postfuze_contracts.model.operations import MISSING_SESSION
from postfuze_contracts.model.options import Keys, Options, Secret, Sessions
from postfuze_contracts.model.verdicts import Failure, Observation, Verdict
from postfuze_contracts.reports.bodies import PERSONAL, Bodies
from postfuze_contracts.reports.placeholders import Placeholders
from postfuze_mock import spec

_SESSION: Final = re.compile(r"(?:(?<=/pending/)|(?<=session_token=))[^/?#&:;,)`\s'\"<>\\]+")
_KEY: Final = re.compile(r"sk_(?:live|test)_[A-Za-z0-9][A-Za-z0-9_.~+/=-]{5,}")  # invented keys are shorter
_SECRET_HEADER: Final = re.compile(r"authorization|cookie|token|secret|api-?key", re.IGNORECASE)
_SECRET_PARAMETER: Final = re.compile(r"session_?token|token|secret|api_?key|state|code", re.IGNORECASE)
_USER_INFO: Final = re.compile(r"(?<=://)[^/@\s]+@")
_OVERTIME: Final = 1.5  # seconds beyond the time of the run in which bodies are still masked
_NOT_SHOWN: Final = "‹not shown, because the response cannot be masked›"
_MIN_TOKEN: Final = 8  # characters; only invented tokens are shorter


class Masker:
    """Masks the events of one run. Equal values have equal placeholders in all events."""

    def __init__(self, *, show_bodies: bool = False) -> None:
        self._secrets = Placeholders(within_words=True)
        self._people = Placeholders()
        self._show = show_bodies
        self._bodies = Bodies(self._people, self.text)
        self._exchanges: dict[int, tuple[Exchange, Exchange]] = {}
        self._hidden: set[int] = set()  # exchanges whose response is not shown at all, by their ids
        self._began, self._deadline = time.monotonic(), math.inf
        self._last: tuple[Event, Event] | None = None

    def event(self, event: Event) -> Event:
        """The masked event; the same object for the same event."""
        if self._last is None or self._last[0] is not event:
            self._last = (event, self._masked(event))
        return self._last[1]

    def text(self, text: str) -> str:
        """A text of the target without secrets and without the personal data of all exchanges."""
        return self._people_free(self._secret_free(text))

    def sentence(self, text: str) -> str:
        """The same for a sentence of the harness, whose own words stay, even if they are somebody's name."""
        return self._people_free(self._secret_free(text, own=True), own=True)

    def _people_free(self, text: str, *, own: bool = False) -> str:
        return text if self._show else self._people.replace(text, own=own)

    def _masked(self, event: Event) -> Event:
        match event:
            case RunStarted():
                return replace(event, options=self._options(event.options))
            case CheckFinished():
                self._learn(*event.failures, *event.flaky)
                return replace(event, failures=self._failures(event.failures), flaky=self._failures(event.flaky))
            case Changed():
                return self._changed(event)
            case RunFinished():
                return self._finished(event)
        return event

    def _options(self, options: Options) -> Options:
        """The options without their secrets, which are masked everywhere from now on."""
        keys = {field.name: getattr(options.keys, field.name) for field in fields(options.keys)}
        for name, secret in {**keys, "expired session": options.sessions.expired}.items():
            if isinstance(secret, Secret) and secret.value:
                kind = name if " " in name else f"key {name}"
                self._secrets.add(kind, secret.value, numbered=False)
        for secret in _proxy_secrets(options.proxy):
            self._secrets.add("proxy", secret, numbered=False)
        if options.max_time is not None:
            self._deadline = self._began + options.max_time + _OVERTIME
        url = _USER_INFO.sub("‹credentials›@", options.url)
        return replace(options, url=url, keys=Keys(), sessions=Sessions(), proxy=None)

    def _finished(self, event: RunFinished) -> RunFinished:
        self._learn(*(failure for verdict in event.verdicts for failure in verdict.failures))
        # In the order in which the placeholders are numbered.
        ledger = tuple(map(self._changed, event.ledger))
        observations = tuple(map(self._observation, event.observations))
        return replace(
            event,
            verdicts=tuple(map(self._verdict, event.verdicts)),
            observations=observations,
            ledger=ledger,
            fault=None if event.fault is None else self.sentence(event.fault),
            cut=None if event.cut is None else self.sentence(event.cut),
            tracebacks=tuple(map(self.text, event.tracebacks)),
        )

    def _verdict(self, verdict: Verdict) -> Verdict:
        needs = tuple(map(self._need, verdict.needs))
        reason = self._secrets.replace(verdict.reason)
        return replace(verdict, failures=self._failures(verdict.failures), needs=needs, reason=reason)

    def _need(self, need: Need) -> Need:
        """The need. Only what says how the target answered can hold a value of the target."""
        return need._replace(what=self.sentence(need.what)) if need.id in ANSWERS else need

    def _learn(self, *failures: Failure) -> None:
        """Collect the values to mask first, because a text may quote the exchange of another failure."""
        for failure in failures:
            for exchange in (*failure.exchanges, *failure.again):
                self._exchange(exchange)

    def _failures(self, failures: tuple[Failure, ...]) -> tuple[Failure, ...]:
        return tuple(
            replace(
                failure,
                expected=self.sentence(failure.expected),
                got=self._got(failure),
                exchanges=tuple(self._exchange(each) for each in failure.exchanges),
                again=tuple(self._exchange(each) for each in failure.again),
            )
            for failure in failures
        )

    def _got(self, failure: Failure) -> str:
        """What came instead. It may quote a response that is not shown, whose personal data is not known."""
        if any(id(each) in self._hidden for each in (*failure.exchanges, *failure.again)):
            return _NOT_SHOWN
        return self.sentence(failure.got)

    def _observation(self, observation: Observation) -> Observation:
        exchange = None if observation.exchange is None else self._exchange(observation.exchange)
        known = observation.choice in _choices(observation.assumption)
        choice = observation.choice if known else self.sentence(observation.choice)
        return replace(observation, choice=choice, exchange=exchange)

    def _changed(self, change: Changed) -> Changed:
        exchange = self._exchange(change.exchange)
        return replace(change, id=self._secrets.replace(change.id), exchange=exchange)

    def _exchange(self, exchange: Exchange) -> Exchange:
        """The masked exchange; the same object for the same exchange, because failures share exchanges."""
        if id(exchange) not in self._exchanges:
            # With the original, so that its id is not reused for another object.
            masked = Exchange(self._request(exchange.request), self._response(exchange))
            self._exchanges[id(exchange)] = (exchange, masked)
        return self._exchanges[id(exchange)][1]

    def _request(self, request: Request) -> Request:
        return replace(
            request,
            path=self._secret_free(request.path),
            query=tuple((name, self._parameter(name, value)) for name, value in request.query),
            headers=self._request_headers(request.headers),
            body=None if request.body is None else self._request_body(request.body),
            authorization=None if request.authorization is None else self._secret_free(request.authorization),
        )

    def _response(self, exchange: Exchange) -> Response:
        response = exchange.response
        if response.flaw is None and (why := self._hinders(response)) is not None:
            self._hidden.add(id(exchange))
            size = len(response.body) + response.left_out
            return replace(response, headers={}, body=f"‹{size:,} bytes that {why}›".encode())
        body = self._body(response.body)
        if not self._show:
            body = self._bodies.of_response(body, exchange.operation, response.status)
        return replace(response, headers=self._headers(response.headers), body=body)

    def _hinders(self, response: Response) -> str | None:
        """Why a body cannot be masked, or None."""
        if response.left_out and not self._show:
            return "are too many to mask"
        return "came too late to mask" if time.monotonic() > self._deadline else None

    def _request_body(self, body: bytes) -> bytes:
        body = self._body(body)
        return body if self._show else self._bodies.of_request(body)

    def _body(self, body: bytes) -> bytes:
        """The body without secrets. If it is not UTF-8, each byte counts as a character."""
        try:
            return self._secret_free(body.decode()).encode()
        except UnicodeDecodeError:
            text = body.decode("latin-1")
            masked = self._secret_free(text)
            return body if masked == text else masked.encode()

    def _secret_free(self, text: str, *, own: bool = False) -> str:
        text = self._secrets.replace(text, own=own)
        text = _SESSION.sub(lambda match: self._session(match[0]), text)
        return _KEY.sub(lambda match: self._secrets.add("key", match[0]), text)

    def _parameter(self, name: str, value: str) -> str:
        if value and _SECRET_PARAMETER.fullmatch(name):
            return self._secrets.add(name, value)
        if value and name in PERSONAL and not self._show:
            return self._people.add(name, value)
        return self.text(value)

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {
            name: "‹not shown›" if _SECRET_HEADER.search(name) else self.text(value)
            for name, value in sorted(headers.items())
        }

    def _request_headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The masked headers of a request. If they have an Authorization, a check made it up: the key is not recorded
        here."""
        made_up = {name: value for name, value in headers.items() if name.lower() == "authorization"}
        others = {name: value for name, value in headers.items() if name not in made_up}
        return self._headers(others) | {name: self._secret_free(value) for name, value in made_up.items()}

    def _session(self, token: str) -> str:
        if token == MISSING_SESSION or len(token) < _MIN_TOKEN or token.startswith("‹"):
            return token
        return self._secrets.add("session", unquote(token))


def _choices(assumption: str) -> tuple[str, ...]:
    """The ids of an assumption's choice and alternatives. They are the harness's own words."""
    return next(((each.choice, *each.alternatives) for each in spec.assumptions() if each.id == assumption), ())


def finished(events: Iterable[Event]) -> RunFinished:
    """The end of a run, masked."""
    masker = Masker()
    *_, last = map(masker.event, events)
    assert isinstance(last, RunFinished)
    return last


def _proxy_secrets(proxy: Secret | None) -> list[str]:
    """The secrets in the URL of a proxy: user and password, also in the form of a header."""
    credentials = "" if proxy is None else urlsplit(proxy.value).netloc.rpartition("@")[0]
    if not credentials:
        return []
    user, _, password = map(unquote, credentials.partition(":"))
    basic = base64.b64encode(f"{user}:{password}".encode()).decode()
    return [credentials, basic] + ([password] if len(password) >= _MIN_TOKEN else [])
