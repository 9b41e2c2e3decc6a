"""One watch folder, looked through again and again: what has come to rest is taken, what was dealt with is passed over.

A file is at rest when it has looked the same for a while, which is measured by our own clock: a copy carries the time of its
original, and a network share has a clock of its own.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from pruvan_desk.core.logs import logger
from pruvan_desk.domain.folder_trees import Level
from pruvan_desk.domain.statuses import FileType
from pruvan_desk.domain.tree_reading import read_folders
from pruvan_desk.operations.watch_folders import place_problem
from pruvan_desk.operations.watched import (
    Dealt,
    Outcome,
    Place,
    Read,
    dealt_with,
    forget_refused,
    is_dismissed,
    known_uuids,
    note_outcome,
)
from pruvan_desk.store.models import WatchFolder
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.watching.listing import Found, Listing, walk
from pruvan_desk.sync.watching.moves import moved
from pruvan_desk.sync.watching.reading import (
    NotWholeError,
    RefusedError,
    UnreadableError,
    copy,
    file_type_of,
    is_answers,
    keep,
    read_answers,
    read_details,
)
from pruvan_desk.sync.watching.taking import Taking
from pruvan_desk.wire.values import JsonObject

log = logger(__name__)

TOGETHER = 16
"""Files that become items in one transaction."""
SAY_SECONDS = 2.0
BREATH = 0.05
"""Seconds between two looks at whether the gateway still takes uploads, which come first …"""
BREATHS = 20
"""… but no file waits for more than so many."""
NAMED = 3
"""Problems that are told by name."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between two looks, and sooner when something is coming to rest; how long a file has to look the same.

    ``alone``: for one without details, where others have some. ``patience``: for one that is empty, has no end, or whose details
    cannot be read: probably somebody is still writing.
    """

    look: float = 10.0
    soon: float = 1.0
    settled: float = 3.0
    alone: float = 15.0
    patience: float = 60.0


@dataclass(frozen=True, slots=True)
class Setup:
    """A watch folder as it was set up."""

    id: int
    path: Path
    levels: Sequence[Level]
    integration_id: int | None


@dataclass(slots=True)
class Looked:
    """What one look through it found. ``problem``: why it cannot be read at all; ``problems``: what in it cannot."""

    taken: int = 0
    waiting: int = 0
    problem: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """What is wrong, in one sentence; empty when nothing is."""
        if self.problem or not self.problems:
            return self.problem
        more = f" … and {len(self.problems) - NAMED:,} more" if len(self.problems) > NAMED else ""
        return f"Some of it cannot be read: {'; '.join(self.problems[:NAMED])}{more}."


@dataclass(slots=True)
class Settling:
    """A file that is coming to rest: how it looked, since when, and how long it has to stay so."""

    seen: str
    since: float
    needed: float = 0.0


class HaltedError(Exception):
    """The engine stops, or the folder is watched no more."""


class FolderWatch:
    """Remembers, between two looks, what is coming to rest and which folders hold nothing new. Used by one thread at a time."""

    def __init__(self, context: EngineContext, setup: Setup, pace: Pace) -> None:
        self._context, self._setup, self._pace = context, setup, pace
        self._settling: dict[str, Settling] = {}
        self._quiet: dict[str, bytes] = {}
        self._has_details = False
        self._batch: list[Read] = []
        self._taking = Taking(context.database, setup.id, setup.path)
        self._said_at = 0.0
        self._expected = 0
        self.halt = threading.Event()
        self.moved_at = context.clock.monotonic()
        """When it last got any further: a share may not answer for hours."""

    def look(self, *, anew: bool = False) -> Looked:
        """Goes through it once. ``anew``: what was refused is looked at once more. Blocking.

        Raises :class:`DeskFault` when our own disk refuses, :class:`HaltedError` when it is to stop.
        """
        if anew:
            self._quiet.clear()
            forget_refused(self._context.database, self._setup.id)
        self._step()
        looked = Looked()
        with self._context.database.read() as session:
            problem = place_problem(session, self._context.folder, self._setup.path, self._setup.id)
        if problem:
            looked.problem = " ".join(problem)
            return looked
        settling, quiet = self._settling, self._quiet
        self._settling, self._quiet, self._batch = {}, {}, []
        self._expected = len(settling)
        try:
            for listing in walk(self._setup.path):
                self._step()
                self._go_through(listing, settling, quiet, looked)
        except OSError as error:
            looked.problem = f"It cannot be reached: {error.strerror or error}."
        finally:
            try:
                self._flush(looked)  # what was read is not left behind
            finally:
                self._taking.finish()
                self._context.taking.discard(self._setup.id)
        return looked

    def _go_through(
        self, listing: Listing, settling: dict[str, Settling], quiet: dict[str, bytes], looked: Looked
    ) -> None:
        if listing.problem:
            looked.problems.append(f"{listing.folder}: {listing.problem}")
            return
        digest = _digest(listing)
        if quiet.get(listing.folder) == digest:
            self._quiet[listing.folder] = digest
            return
        with self._context.database.read() as session:
            dealt = dealt_with(session, self._setup.id, listing.folder)
        new = [found for found in listing.files if found.name not in dealt or dealt[found.name].seen != found.seen]
        if not new:
            self._quiet[listing.folder] = digest
        for found in new:
            self._has_details = self._has_details or found.details is not None
            key = f"{listing.folder}/{found.name}"
            now = self._context.clock.monotonic()
            state = settling.get(key)
            if state is None or state.seen != found.seen:
                state = Settling(found.seen, now)
            self._settling[key] = state
            if now - state.since < max(self._needed(found), state.needed):
                looked.waiting += 1
            else:
                self._deal(listing, found, dealt.get(found.name), state, looked)

    def _needed(self, found: Found) -> float:
        alone = is_answers(found) or (found.details is None and self._has_details)
        return self._pace.alone if alone else self._pace.settled

    def _deal(self, listing: Listing, found: Found, before: Dealt | None, state: "Settling", looked: Looked) -> None:
        """Reads one file that is at rest; what becomes of it is written down. One that is not whole is not read again for a while."""
        place = Place(self._setup.id, listing.folder, found.name, found.seen)
        patient = self._context.clock.monotonic() - state.since < self._pace.patience
        try:
            self._read(place, listing, found, before, patient=patient, looked=looked)
        except NotWholeError:
            state.needed = self._pace.patience
            looked.waiting += 1
        except UnreadableError as error:
            looked.problems.append(f"{listing.folder}/{found.name}: {error.title}".lstrip("/"))
        except RefusedError as error:
            if patient and not found.look.size:
                state.needed = self._pace.patience
                looked.waiting += 1
            else:
                note_outcome(self._context.database, place, Outcome.REFUSED, error.title)

    def _read(
        self, place: Place, listing: Listing, found: Found, before: Dealt | None, *, patient: bool, looked: Looked
    ) -> None:
        self._context.taking.add(self._setup.id)
        self._give_way()
        tree = read_folders(self._setup.levels, listing.folders)
        if is_answers(found):
            told = read_answers(found)
            if not self._is_settled(place, told, before):
                self._add(Read(place, tree, FileType.SURVEY, None, told), looked)
            return
        details = read_details(found)
        if details.problem and patient:
            raise NotWholeError
        if self._is_settled(place, details.told, before):
            return
        incoming = self._context.files.incoming()
        kept = False
        try:
            format_name = copy(found, incoming, self._step, patient=patient)
            stored = keep(self._context.files, incoming, found.name)
            kept = True
        finally:
            if not kept:
                incoming.discard()
        file_type = file_type_of(format_name, details.told)
        self._add(Read(place, tree, file_type, stored, details.told, details.problem), looked)

    def _is_settled(self, place: Place, told: JsonObject | None, before: Dealt | None) -> bool:
        """Whether its item was dismissed, or its details name one that came from elsewhere: then a file need not even be read."""
        uuid = (told or {}).get("uuid")
        outcome = Outcome.TAKEN if before is not None and before.outcome is Outcome.TAKEN else Outcome.KNOWN
        if outcome is Outcome.KNOWN and not isinstance(uuid, str):
            return False
        with self._context.database.read() as session:
            if before is not None and outcome is Outcome.TAKEN:
                item_id = before.item_id if is_dismissed(session, before.item_id) else None
            else:
                item_id = known_uuids(session, [str(uuid).strip()]).get(str(uuid).strip())
        if item_id is not None and outcome is Outcome.KNOWN and self._was_moved(str(uuid).strip()):
            return False  # it is the same file, filed elsewhere
        if item_id is not None:
            note_outcome(self._context.database, place, outcome, "", item_id)
        return item_id is not None

    def _was_moved(self, uuid: str) -> bool:
        return bool(moved(self._context.database, self._setup.id, self._setup.path, [(uuid, "")]))

    def _add(self, read: Read, looked: Looked) -> None:
        self._batch.append(read)
        if len(self._batch) >= TOGETHER:
            self._flush(looked)

    def _flush(self, looked: Looked) -> None:
        """What was read becomes items, together."""
        batch, self._batch = self._batch, []
        if not batch:
            return
        self._taking.hand_over(batch)
        looked.taken += len(batch)
        self._say_now_and_then(looked)

    def _say_now_and_then(self, looked: Looked) -> None:
        """How much is still to come, while much is being taken."""
        now = self._context.clock.monotonic()
        if now - self._said_at < SAY_SECONDS:
            return
        self._said_at = now
        with self._context.database.write() as writing:
            row = writing.session.get(WatchFolder, self._setup.id)
            if row is not None:
                row.waiting = max(looked.waiting, self._expected - looked.taken)
                writing.changed(watches=row.id)

    def _give_way(self) -> None:
        """Uploads of the field come first."""
        for _ in range(BREATHS):
            if not self._context.uploads:
                break
            self.halt.wait(BREATH)
            self._step()

    def _step(self) -> None:
        self.moved_at = self._context.clock.monotonic()
        if self.halt.is_set():
            raise HaltedError


def _digest(listing: Listing) -> bytes:
    """Of all that a folder holds, short enough to be remembered for every folder of a large tree."""
    lines = "\n".join(f"{found.name} {found.seen}" for found in listing.files)
    return blake2b(lines.encode("utf-8", "surrogatepass"), digest_size=16).digest()
