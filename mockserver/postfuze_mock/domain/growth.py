"""How an account's counts grow: a plausible curve that is a pure function of the account and the instant.

Followers rise quickly at first and more slowly later, posts come at a steady pace, and neither ever falls; impressions,
reach and profile views follow the followers and the weekday. It is integer arithmetic on a hash of the account's id,
because logarithms and sines differ in their last digits between machines.
"""

from hashlib import blake2b
from typing import Final

from postfuze_fixtures.platforms import METRICS
from postfuze_fixtures.timestamps import DAY_MS

#: Monday to Sunday, in thousandths of the average day; the sum is 7000.
WEEK: Final = (1030, 1080, 1100, 1070, 1010, 860, 850)
_EPOCH_WEEKDAY: Final = 3  # 1 January 1970 was a Thursday

#: Powers of ten of the audiences: most accounts are small.
_SIZES: Final = (10, 10, 10, 100, 100, 100, 100, 1_000, 1_000, 10_000)
_MASK: Final = 2**64 - 1


class Growth:
    """The growth of one account, which joined its platform some time before it was connected (`created_at`, ms)."""

    def __init__(self, id: str, created_at: int) -> None:
        draw = _Draw(id)
        self._seed = draw.seed
        self._first_day = created_at // DAY_MS - draw.between(90, 2_000)
        self._audience = draw.between(100, 999) * _SIZES[draw.between(0, len(_SIZES) - 1)]
        self._half_way = draw.between(200, 1_500)  # days until half of the audience follows
        self._following = draw.between(20, 1_200)
        self._followed_per_1000_days = draw.between(0, 200)
        self._posts_per_100_days = draw.between(5, 300)
        self._impressions = draw.between(2_000, 14_000)  # per follower, in thousandths
        self._reach = draw.between(280, 450)  # per impression, in thousandths
        self._profile_views = draw.between(12, 35)  # per impression, in thousandths

    def counts(self, instant: int) -> dict[str, int]:
        """All six counts at `instant` (ms), in the document's order."""
        date, time = divmod(instant, DAY_MS)
        noise = self._noise(date)
        followers, posts = self._followers(date, noise), self._posts(date, noise)
        if time:
            tomorrow = self._noise(date + 1)
            followers += (self._followers(date + 1, tomorrow) - followers) * time // DAY_MS
            posts += (self._posts(date + 1, tomorrow) - posts) * time // DAY_MS
        following = self._following + self._age(date) * self._followed_per_1000_days // 1_000 + (noise >> 16) % 4
        weekday = WEEK[(date + _EPOCH_WEEKDAY) % 7]
        impressions = followers * self._impressions * weekday * _around_1000(noise >> 24) // 10**9
        reach = impressions * self._reach * _around_1000(noise >> 32) // 10**6
        profile_views = impressions * self._profile_views * _around_1000(noise >> 40) // 10**6
        return dict(zip(METRICS, (followers, following, posts, impressions, reach, profile_views), strict=True))

    def _followers(self, date: int, noise: int) -> int:
        """Followers at midnight: between the values of the smooth curve for this day and the next, so they never
        fall."""
        age = self._age(date)
        smooth = self._audience * age // (age + self._half_way)
        gain = self._audience * (age + 1) // (age + 1 + self._half_way) - smooth
        return smooth + gain * (noise & 0xFF) // 0x100

    def _posts(self, date: int, noise: int) -> int:
        """Posts at midnight; some come early, but never before those of the previous day."""
        return self._posts_per_100_days * (self._age(date) * 0x100 + (noise >> 8 & 0xFF)) // (100 * 0x100)

    def _age(self, date: int) -> int:
        return max(date - self._first_day, 0)

    def _noise(self, date: int) -> int:
        """64 pseudorandom bits: SplitMix64 at the position `date`; 0 before the account joined."""
        if date < self._first_day:
            return 0
        bits = (self._seed + date * 0x9E3779B97F4A7C15) & _MASK
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EB & _MASK
        return bits ^ bits >> 31


class _Draw:
    """Numbers drawn from a hash of an id."""

    def __init__(self, id: str) -> None:
        digest = blake2b(id.encode(), digest_size=32).digest()
        self.seed = int.from_bytes(digest[:8])
        self._rest = digest[8:]

    def between(self, low: int, high: int) -> int:
        """The next number, from `low` to `high` (both included)."""
        digits, self._rest = self._rest[:2], self._rest[2:]
        return low + (int.from_bytes(digits) * (high - low + 1) >> 16)


def _around_1000(noise: int) -> int:
    """A number from 936 to 1063."""
    return 936 + (noise & 0x7F)
