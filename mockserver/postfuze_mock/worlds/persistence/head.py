"""A world without its accounts, sessions and logs, as an engine that processes share stores it."""

from __future__ import annotations

import hashlib
from functools import lru_cache, partial
from typing import Any, Final

import orjson

from postfuze_fixtures import world_file
from postfuze_fixtures.world_file import WorldFile
from postfuze_mock.domain.choices import Choices
from postfuze_mock.domain.clock import REAL_TIME, Clock, Setting
from postfuze_mock.domain.faults.faults import Fault
from postfuze_mock.domain.webhooks import Webhook
from postfuze_mock.recent import Recent
from postfuze_mock.state.sql.heads import Head, Heads
from postfuze_mock.worlds import faults
from postfuze_mock.worlds.journal.journal import JournalSettings
from postfuze_mock.worlds.world import Origin, World

#: How many world files and origins are in memory at most.
MAX_CACHED: Final = 1000


class HeadCodec:
    """Turns worlds into heads, and back. World files are stored once each, and named by their hash."""

    def __init__(self, heads: Heads) -> None:
        self.heads = heads
        self._files = Recent[str, WorldFile](MAX_CACHED)
        # By identity, because equal ones take long to compare. Only what is committed is here.
        self._hashes = Recent[int, tuple[WorldFile, str]](MAX_CACHED)
        self._encodings = Recent[int, tuple[Origin, bytes]](MAX_CACHED)
        self.origin = lru_cache(MAX_CACHED)(self._origin)

    def store(self, world: World, head: Head) -> None:
        """Note in `head` what `world` is now."""
        head.origin = self._encoded(world.origin)
        head.first = head.origin if world.first == world.origin else self._encoded(world.first)
        head.live = orjson.dumps(_live(world, self._put_file(world.file)))
        head.ahead, head.frozen_at = world.clock.ahead, world.clock.now() if world.clock.frozen else None

    def restore(self, world: World, head: Head) -> None:
        """Make `world` what `head` says."""
        live = orjson.loads(head.live)
        world.first = self.origin(head.first)
        world.seed, world.start, world.is_restored = live["seed"], live["start"], live["restored"]
        world.choices = _choices(live["assume"])
        world.file = self._file(live["file"])
        world.clock = Clock(first=world.origin.clock)
        world.clock.put(head.ahead, head.frozen_at, is_moved=live["moved"])
        world.webhooks = tuple(_webhook(each) for each in live["webhooks"])
        world.journal.settings = JournalSettings(**live["journal"])
        world.buckets.put(live["windows"])
        world.faults.seed = world.seed
        world.faults.put([_fault(each) for each in live["faults"]], live["fault_count"])

    def _encoded(self, origin: Origin) -> bytes:
        known = self._encodings.get(id(origin))
        if known is not None and known[0] is origin:
            return known[1]
        encoded = orjson.dumps(
            {
                "seed": origin.seed,
                "file": self._put_file(origin.file),
                "assume": _overrides(origin.choices),
                "clock": origin.clock.text(),
                "start": origin.start,
            }
        )
        self.heads.database.after_commit(partial(self._encodings.__setitem__, id(origin), (origin, encoded)))
        return encoded

    def _origin(self, encoded: bytes) -> Origin:
        """What `_encoded` returned."""
        fields = orjson.loads(encoded)
        clock = REAL_TIME if fields["clock"] is None else Setting.parse(fields["clock"])
        return Origin(fields["seed"], self._file(fields["file"]), _choices(fields["assume"]), fields["start"], clock)

    def _put_file(self, file: WorldFile) -> str:
        known = self._hashes.get(id(file))
        if known is not None and known[0] is file:
            return known[1]
        document = orjson.dumps({"source": file.source, "document": file.document})
        hash = hashlib.sha256(document).hexdigest()
        self.heads.put_file(hash, document)
        self.heads.database.after_commit(partial(self._hashes.__setitem__, id(file), (file, hash)))
        return hash

    def _file(self, hash: str) -> WorldFile:
        file = self._files.get(hash)
        if file is None:
            fields = orjson.loads(self.heads.file(hash))
            file = self._files[hash] = world_file.from_document(fields["document"], fields["source"])
        return file


def _live(world: World, file: str) -> dict[str, Any]:
    return {
        "seed": world.seed,
        "start": world.start,
        "restored": world.is_restored,
        "assume": _overrides(world.choices),
        "file": file,
        "moved": world.clock.is_moved,
        "webhooks": [each._asdict() for each in world.webhooks],
        "journal": world.journal.settings._asdict(),
        "windows": world.buckets.windows(),
        "faults": [
            {**document, "number": each.number}
            for each, document in zip(world.faults, faults.to_list(world), strict=True)
        ],
        "fault_count": world.faults.count,
    }


def _fault(fields: dict[str, Any]) -> Fault:
    fault = faults.read([fields])[0]
    fault.number = fields["number"]
    return fault


def _webhook(fields: dict[str, Any]) -> Webhook:
    return Webhook(fields["url"], tuple(fields["events"]), fields["description"], fields["signing_secret"])


@lru_cache(MAX_CACHED)
def _overridden(assume: bytes) -> Choices:
    return Choices.with_overrides(orjson.loads(assume))


#: Of a choice, because it takes a tenth of a millisecond.
_overrides = lru_cache(MAX_CACHED)(Choices.overrides)


def _choices(assume: dict[str, str]) -> Choices:
    return _overridden(orjson.dumps(assume))
