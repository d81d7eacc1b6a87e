"""How a run repeats checks and ends early, with custom checks against a function as the target."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import pytest

from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.registry import Check
from postfuze_contracts.model import needs
from postfuze_contracts.model.events import Changed, CheckFinished, CheckStarted, Event, RunFinished
from postfuze_contracts.model.exchange import Exchange, Request, Response
from postfuze_contracts.model.operations import MISSING_ID
from postfuze_contracts.model.options import Access, Keys, Options, Pin, Secret
from postfuze_contracts.model.verdicts import Failure, Outcome, Verdict
from postfuze_contracts.run import run
from postfuze_contracts.target.client import Client, Unreachable
from postfuze_contracts.target.target import Target

ONE, OTHER = "health.unknown", "get.unknown"
OPTIONS = Options("http://target.invalid", Keys(Secret("key")), access=Access.FULL)


class ScriptedClient(Client):
    """A client whose target responds with `status(request, number of earlier requests)`."""

    def __init__(self, options: Options, status: Callable[[Request, int], int]) -> None:
        super().__init__(options)
        self._status = status

    def _once(self, request: Request, _: Mapping[str, str]) -> Exchange:
        self._spend(request)
        status = self._status(request, self.requests - 1)
        if not status:
            raise Unreachable(f"{request.method} {request.path}: it is silent")
        return Exchange(request, Response(status, {}, b'{"status": %d}' % status, 0.0, 0.0))


def check(statement: str, operation: str, *, writes: str | None = None) -> Check:
    """A check that expects a 404 of each of two calls."""

    def call(target: Target, judge: Judge) -> None:
        for _ in range(2):
            response = target.call(operation, path={"id": MISSING_ID})
            judge.expect(statement, response.status == 404, "404", response)

    return Check(f"a.{operation}", "a", frozenset({statement}), call, Access.PASSIVE, writes, "")


PROBE, GET = check(ONE, "getSocialAccountHealth"), check(OTHER, "getSocialAccount")


def events(
    statuses: Iterable[int] | Callable[[Request, int], int],
    checks: Sequence[Check] = (PROBE,),
    options: Options = OPTIONS,
) -> list[Event]:
    """All events of a run; a list of statuses is used in order, followed by 404."""
    if not callable(statuses):
        codes = list(statuses)
        return list(run(options, checks, ScriptedClient(options, lambda _, n: codes[n] if n < len(codes) else 404)))
    return list(run(options, checks, ScriptedClient(options, statuses)))


def finished(stream: list[Event]) -> RunFinished:
    assert isinstance(stream[-1], RunFinished)
    return stream[-1]


def verdict(stream: list[Event], statement: str = ONE) -> Verdict:
    return next(each for each in finished(stream).verdicts if each.statement == statement)


def pairs(stream: list[Event]) -> tuple[list[str], list[str]]:
    """The checks that started, and those that finished."""
    started = [each.check for each in stream if isinstance(each, CheckStarted)]
    return started, [each.check for each in stream if isinstance(each, CheckFinished)]


def statuses_of(exchanges: Iterable[Exchange]) -> list[int]:
    return [each.status for each in exchanges]


def test_check_that_fails_three_times_is_a_failure() -> None:
    stream = verdict(events([500, 404, 404, 500, 500, 404]))
    assert (stream.outcome, [each.again for each in stream.failures]) == (Outcome.FAIL, [()])


@pytest.mark.parametrize("statuses", [[404, 500], [404, 500, 500, 404]], ids=["at once", "at the third time"])
def test_check_that_does_not_fail_again_is_flaky_with_both_responses(statuses: list[int]) -> None:
    stream = verdict(events(statuses))
    assert (stream.outcome, stream.reason) == (Outcome.FLAKY, "failed, and not again")
    assert [(statuses_of(each.exchanges), statuses_of(each.again)) for each in stream.failures] == [([500], [404])]


def test_passing_response_belongs_to_the_same_request() -> None:
    def call(target: Target, judge: Judge) -> None:
        for id in (MISSING_ID, MISSING_ID[:-1]):
            response = target.call("getSocialAccount", path={"id": id})
            judge.expect(OTHER, response.status == 404, "404", response)

    two = Check("a.two", "a", frozenset({OTHER}), call, Access.PASSIVE, None, "")
    failure = verdict(events([404, 500], [two]), OTHER).failures[0]
    assert failure.again[0].request == failure.exchanges[0].request


def test_check_that_retries_reports_its_retries() -> None:
    def call(target: Target, judge: Judge) -> None:
        judge.expect(ONE, True, "404")
        failed, second = (target.call("getSocialAccountHealth", path={"id": MISSING_ID}) for _ in range(2))
        judge.flaky.append(replace(_failure(failed), again=(second,)))

    stream = verdict(events([500], [Check("a.b", "a", frozenset({ONE}), call, Access.PASSIVE, None, "")]))
    assert stream.outcome is Outcome.FLAKY
    assert statuses_of(stream.failures[0].again) == [404]


def _failure(exchange: Exchange) -> Failure:
    judge = Judge("a.b", frozenset({ONE}))
    judge.expect(ONE, False, "404", exchange)
    return judge.failures[0]


def test_failure_that_could_not_be_repeated_is_flaky() -> None:
    stream = events([500, 404], options=replace(OPTIONS, max_requests=2))
    assert verdict(stream).outcome is Outcome.FLAKY
    assert verdict(stream).reason == "failed once, and the run could not look again"
    assert verdict(stream).failures[0].again == ()


def test_check_that_failed_again_before_the_budget_was_spent_is_a_failure() -> None:
    stream = events([500, 404, 500, 404], options=replace(OPTIONS, max_requests=4))
    assert verdict(stream).outcome is Outcome.FAIL


def test_spent_budget_keeps_results_and_blocks_the_rest() -> None:
    stream = events([], [PROBE, GET, check("delete.gone", "deleteSocialAccount")], replace(OPTIONS, max_requests=3))
    assert pairs(stream) == ([PROBE.name, GET.name],) * 2
    assert (verdict(stream, OTHER).outcome, verdict(stream, OTHER).judged) == (Outcome.PASS, 1)
    assert verdict(stream, "delete.gone").needs == (needs.BUDGET,)
    assert finished(stream).fault is None


def test_spent_time_blocks_every_check() -> None:
    stream = events([], [PROBE, GET], replace(OPTIONS, max_time=1e-9))
    assert pairs(stream) == ([], [])
    assert {verdict(stream, each).needs for each in (ONE, OTHER)} == {(needs.BUDGET,)}


def test_overlong_wait_blocks_only_its_check() -> None:
    def call(target: Target, _: Judge) -> None:
        target.client.wait(10_000)

    waiting = Check("a.waits", "a", frozenset({ONE}), call, Access.PASSIVE, None, "")
    stream = events([], [waiting, GET], replace(OPTIONS, max_time=1000))
    assert pairs(stream)[0] == pairs(stream)[1] == ["a.waits", GET.name]
    assert verdict(stream).needs == (needs.BUDGET,)
    assert verdict(stream, OTHER).outcome is Outcome.PASS


def test_changes_made_before_the_budget_was_spent_are_reported() -> None:
    def call(target: Target, _: Judge) -> None:
        id = MISSING_ID[:-1] + "0"
        target.own(account=id)
        target.ledger.changes.append(Changed("connected", id, target.call("getSocialAccount", path={"id": id})))
        target.call("deleteSocialAccount", path={"id": id})
        target.call("getSocialAccount", path={"id": MISSING_ID})

    deleting = Check("a.deletes", "a", frozenset({ONE}), call, Access.FULL, "deletes", "")
    stream = events([200, 200], [deleting], replace(OPTIONS, max_requests=2))
    assert [type(each) for each in stream[1:-1]] == [CheckStarted, Changed, Changed, CheckFinished]


def test_call_without_a_response_blocks_its_check_if_others_get_one() -> None:
    stream = events(lambda request, _: 0 if request.path.endswith("/health") else 404, [PROBE, GET])
    assert finished(stream).fault is None
    assert verdict(stream).needs[0].id == "target.no-answer"
    assert verdict(stream, OTHER).outcome is Outcome.PASS


def test_silent_target_ends_the_run() -> None:
    stream = events([404, 404] + [0] * 9, [PROBE, GET, check("delete.gone", "deleteSocialAccount")])
    assert "it is silent" in str(finished(stream).fault)
    assert verdict(stream).outcome is Outcome.PASS
    assert verdict(stream, "delete.gone").needs == (needs.UNREACHABLE,)


def test_harness_failure_is_reported_and_the_check_is_finished() -> None:
    def call(*_: object) -> None:
        raise LookupError

    stream = events([], [Check("a.fails", "a", frozenset({ONE}), call, Access.PASSIVE, None, ""), GET])
    assert pairs(stream)[0] == pairs(stream)[1] == ["a.fails", GET.name]
    assert finished(stream).faults == ("a.fails: LookupError",)
    assert verdict(stream).needs[0].id == "harness.fault"


def test_conflicting_observations_are_both_reported() -> None:
    def call(_: Target, judge: Judge) -> None:
        for choice in ("404", "400", "404"):
            judge.observe("ids.malformed-path", choice)

    stream = events([], [Check("a.sees", "a", frozenset({ONE}), call, Access.PASSIVE, None, "")])
    assert [each.choice for each in finished(stream).observations] == ["404", "400"]


def observing(choice: str) -> Check:
    def observe(_: Target, judge: Judge) -> None:
        judge.observe("keys.modes", choice)

    return Check("a.b", "a", frozenset({ONE}), observe, Access.PASSIVE, None, "", assumes=frozenset({"keys.modes"}))


def test_open_choice_is_observed_and_not_judged() -> None:
    finished = events([], [observing("separate")])[-1]
    assert isinstance(finished, RunFinished)
    assert [(each.assumption, each.choice) for each in finished.observations] == [("keys.modes", "separate")]
    assert "keys.modes" not in {each.statement for each in finished.verdicts}


@pytest.mark.parametrize(("choice", "outcome"), [("shared", Outcome.PASS), ("separate", Outcome.FAIL)])
def test_pinned_choice_is_judged_like_a_statement(choice: str, outcome: Outcome) -> None:
    pins = {"keys.modes": Pin("shared", "as pinned on 2026-01-31")}
    pinned = verdict(events([], [observing(choice)], replace(OPTIONS, pins=pins)), "keys.modes")
    assert (pinned.outcome, pinned.pin) == (outcome, "shared")
    assert [(each.expected, each.got) for each in pinned.failures] == (
        [] if choice == "shared" else [("shared, as pinned on 2026-01-31", "separate")]
    )


def test_pinned_choice_that_nothing_observed_is_blocked() -> None:
    pins = {"keys.modes": Pin("shared", "as pinned")}
    assert verdict(events([], [GET], replace(OPTIONS, pins=pins)), "keys.modes").outcome is not Outcome.PASS


def test_undeclared_statement_is_judged_and_noted() -> None:
    def judge_other(_: Target, judge: Judge) -> None:
        judge.expect(OTHER, False, "404")

    stream = events([], [Check("a.b", "a", frozenset({ONE}), judge_other, Access.PASSIVE, None, "")])
    finished = stream[-1]
    assert isinstance(finished, RunFinished)
    assert finished.undeclared == {("a.b", OTHER)}
    assert not finished.faults
