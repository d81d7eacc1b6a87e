"""A world's clock."""

import pytest

from postfuze_fixtures.timestamps import parse_iso
from postfuze_mock.domain.clock import LATEST, Clock, Setting

T = parse_iso("2026-06-14T12:10:00.000Z")


class Source:
    """Real time under the control of the test."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def real() -> Source:
    return Source()


def test_unset_clock_shows_real_time(real: Source) -> None:
    clock = Clock(real)
    real.now += 5
    assert clock.now() == real.now
    assert not clock.frozen


def test_running_clock_continues_from_its_start(real: Source) -> None:
    clock = Clock.parse("2026-06-14T12:10:00.000Z", real)
    assert clock.now() == T
    real.now += 1500
    assert clock.now() == T + 1500


def test_frozen_clock_does_not_move(real: Source) -> None:
    clock = Clock.parse("2026-06-14T12:10:00Z,frozen", real)
    real.now += 1500
    assert clock.now() == T
    assert clock.frozen


def test_advancing_moves_frozen_and_running_clocks(real: Source) -> None:
    standing, running = Clock(real, Setting(T, frozen=True)), Clock(real, Setting(T))
    real.now += 100
    standing.advance(1.5)
    running.advance(-1.5)
    assert standing.now() == T + 1500
    assert running.now() == T - 1400


def test_clock_can_be_set_back_and_keeps_running(real: Source) -> None:
    clock = Clock(real)
    clock.set(now=1000)
    real.now += 7
    assert clock.now() == 1007


def test_freezing_preserves_the_time_and_thawing_continues_from_it(real: Source) -> None:
    clock = Clock(real, Setting(T))
    real.now += 10
    clock.set(frozen=True)
    real.now += 10
    assert clock.now() == T + 10
    clock.set(frozen=False)
    real.now += 10
    assert clock.now() == T + 20


def test_setting_the_time_of_a_frozen_clock_keeps_it_frozen(real: Source) -> None:
    clock = Clock(real, Setting(T, frozen=True))
    clock.set(now=T + 1)
    real.now += 10
    assert clock.now() == T + 1


@pytest.mark.parametrize("frozen", [True, False])
@pytest.mark.parametrize("first", [Setting(), Setting(T), Setting(T, frozen=True)])
def test_restoring_returns_to_the_first_setting(real: Source, first: Setting, frozen: bool) -> None:
    clock = Clock(real, first)
    clock.set(now=5, frozen=frozen)
    real.now += 10
    clock.restore()
    assert clock.now() == (real.now if first.at is None else T)
    assert clock.frozen is first.frozen


def test_offset_is_accepted() -> None:
    assert Setting.parse("2026-06-14T14:10:00+02:00, frozen") == Setting(T, frozen=True)


@pytest.mark.parametrize("text", ["", "frozen", "2026-06-14", "2026-06-14T12:10:00Z,", "2026-06-14T12:10:00Z,cold"])
def test_other_settings_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="clock"):
        Setting.parse(text)


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), 1e18, -1e18])
def test_clock_cannot_leave_the_years_1970_to_9998(real: Source, seconds: float) -> None:
    clock = Clock(real, Setting(T, frozen=True))
    with pytest.raises(ValueError, match="clock"):
        clock.advance(seconds)
    assert clock.now() == T


@pytest.mark.parametrize("at", [-1, LATEST])
def test_clock_cannot_be_set_outside_the_years_1970_to_9998(real: Source, at: int) -> None:
    with pytest.raises(ValueError, match=r"between 1970-01-01T\S+ and 9999-01-01T"):
        Clock(real).set(now=at)


def test_clock_ahead_of_real_time_is_restored() -> None:
    real = 1_000
    clock, again = Clock(lambda: real), Clock(lambda: real)
    clock.advance(60)
    again.run(clock.ahead or 0)

    assert (again.now(), again.ahead, again.frozen) == (61_000, 60_000, False)


def test_frozen_clock_is_not_ahead() -> None:
    assert Clock.parse("2026-06-14T12:10:00Z,frozen").ahead is None


def test_running_clock_stays_within_the_years_1970_to_9998() -> None:
    with pytest.raises(ValueError, match="must be between"):
        Clock(lambda: 0).run(-1)


def test_clock_that_ran_past_the_latest_time_resumes_at_it() -> None:
    saved, running = Clock(lambda: 0), Clock(lambda: 0)
    saved.resume(LATEST + 5, frozen=True)
    running.run(LATEST + 5)

    assert (saved.now(), running.now()) == (LATEST - 1, LATEST - 1)


@pytest.mark.parametrize("text", ["2026-06-14T12:10:00.000Z", "2026-06-14T12:10:00.000Z,frozen"])
def test_setting_is_written_as_it_is_read(text: str) -> None:
    assert Setting.parse(text).text() == text
    assert Setting().text() is None
