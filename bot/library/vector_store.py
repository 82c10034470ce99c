"""Vectors of passages: what stands near a question by its meaning. A read model beside the index, as disposable.

Each vector is kept as one byte a number, with how far the change log was followed in the same transaction; a crash
leaves an older state, never a wrong one. Its folder is named by the model, because vectors of two models say nothing of
each other: another model is another folder, filled anew. NumPy is loaded by the first vector.

A search goes through all that the scope may see: by the signs of the numbers first, one bit each, then the best of
these by their bytes. That is exact enough and takes a few milliseconds to some 100,000 passages; it grows with their
number, as does the memory, by about 1.2 bytes for each number of a vector.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.errors import IndexUnusable
from bot.library.passages import passage_key, passages_of, version_and_number
from bot.library.search_index import UNDATED, Nearby

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from bot.domain import Scope, StoredVersion

log = logging.getLogger(__name__)

# Raise when what is embedded of a passage, or how it is kept, changes.
_EDITION: Final = 1
_FILE, _LOCK = "vectors.sqlite3", "lock"
_BUSY_S: Final = 5.0
_AT_ONCE: Final = 4096  # rows
RESCORED: Final = 800  # of those that the signs put first; all, where there are no more
_SAMPLE: Final = 2048  # passages by which it is told what is near and what is only usual
_LEAST_SPREAD: Final = 0.01
# Standard deviations above the usual at which a passage begins to be near, and how many more make it quite near. Of
# 100,000 vectors without any meaning the nearest lies at 4.3.
_NEAR_FROM, _NEAR_OVER = 2.5, 4.0
_LONGEST_TITLE, _LONGEST_TEXT = 200, 2_000  # code points that are embedded

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS vector (
    key INTEGER PRIMARY KEY, document INTEGER NOT NULL, audience TEXT NOT NULL, day INTEGER NOT NULL,
    change INTEGER NOT NULL, scale REAL NOT NULL, codes BLOB
);
CREATE INDEX IF NOT EXISTS vector_document ON vector (document);
CREATE INDEX IF NOT EXISTS vector_change ON vector (change);
"""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A version with the vectors of its passages by their numbers; a passage that cannot be embedded has none."""

    version: StoredVersion
    vectors: Mapping[int, array[float]]


def embedded_texts(version: StoredVersion) -> list[str]:
    """What is embedded of each passage, in their order: it, below its document's title."""
    title = version.facts.title[:_LONGEST_TITLE].strip()
    texts = []
    for passage in passages_of(version.sentences):
        start, end = version.sentences[passage.first].start, version.sentences[passage.last - 1].end
        text = version.text[start:end][:_LONGEST_TEXT]
        texts.append(f"{title}\n{text}" if title else text)
    return texts


def folder_of(root: Path, model: str) -> Path:
    """Where the vectors of a model are, or would be."""
    return root / f"v{_EDITION}-{hashlib.sha256(model.encode('utf-8', 'replace')).hexdigest()[:12]}"


class VectorStore:
    """The vectors of one model over all documents of one installation. Calls may come from any thread."""

    def __init__(self, root: Path, model: str) -> None:
        """`root` is the folder that holds the store's own folder. Opens or creates it; raises IndexUnusable."""
        self._root, self._folder = root, folder_of(root, model)
        self._turn = threading.RLock()
        self._lock = -1
        self._rows = _Rows()
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                self._open()
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):  # busy, or a disk that cannot be written: no damage
                    raise
                shutil.rmtree(self._folder)  # derived: a new one loses nothing but time
                self._folder.mkdir(parents=True, mode=0o700)
                self._open()
        except (OSError, sqlite3.Error) as error:
            raise IndexUnusable("vectors-unusable", f"{self._folder}: {error}") from error

    def _open(self) -> None:
        with ExitStack() as opened:  # what fails half-way leaves no file open
            self._database = opened.enter_context(closing(self._connection()))
            self._reader = opened.enter_context(closing(self._connection()))
            self._database.executescript(_TABLES)
            self._reader.execute("SELECT count(*) FROM fact").fetchall()
            opened.pop_all()
        self._seen = -1  # the state of the file that `_rows` show

    def _connection(self) -> sqlite3.Connection:
        made = sqlite3.connect(
            self._folder / _FILE, timeout=_BUSY_S, isolation_level=None, check_same_thread=False, cached_statements=32
        )
        try:
            made.execute("PRAGMA journal_mode = WAL")
            made.execute("PRAGMA synchronous = NORMAL")  # the last commits may be lost with the power, none in part
        except sqlite3.Error:
            made.close()
            raise
        return made

    def close(self) -> None:
        """Give back files and lock; a second call does nothing."""
        with self._turn:
            self._database.close()
            self._reader.close()
            if self._lock >= 0:
                os.close(self._lock)
                self._lock = -1

    # -- writing -------------------------------------------------------------------------------------------------------

    def begin(self) -> bool:
        """Become the one who fills it. False when another process is that. Removes what other models left behind."""
        with self._turn:
            if self._lock < 0:
                descriptor = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    os.close(descriptor)
                    return False
                self._lock = descriptor
                for other in self._root.iterdir():
                    if other.is_dir() and other != self._folder and other.name.startswith("v"):
                        shutil.rmtree(other, ignore_errors=True)
        return True

    def put(self, embedded: Sequence[Embedded], dropped: Iterable[int], *, up_to: int) -> None:
        """Take in these versions in place of what was held of their documents, forget the dropped documents, and have
        followed the change log `up_to` here. All at once or nothing. Needs `begin`; raises IndexUnusable."""
        rows: list[tuple[Any, ...]] = []
        dimension = 0
        for one in embedded:
            facts = one.version.facts
            day = facts.published.day.toordinal() if facts.published.day else UNDATED
            for number, vector in one.vectors.items():
                scale, codes = _coded(vector)
                dimension = len(vector)
                key = passage_key(facts.id, number)
                rows.append((key, facts.document_id, one.version.audience, day, scale, codes))
        gone = [*dropped, *(one.version.facts.document_id for one in embedded)]
        with self._writing() as database:
            change = self._change(database)
            if dimension and self._fact(database, "dimension") not in (0, dimension):
                raise IndexUnusable("vectors-dimension", f"vectors of {dimension} numbers, not as before")
            database.executemany(
                "UPDATE vector SET codes = NULL, change = ? WHERE document = ? AND codes IS NOT NULL",
                [(change, document) for document in gone],
            )
            database.executemany(
                "INSERT OR REPLACE INTO vector (key, document, audience, day, scale, codes, change) "
                f"VALUES (?, ?, ?, ?, ?, ?, {change})",
                rows,
            )
            if dimension:
                self._state(database, "dimension", dimension)
            self._state(database, "watermark", up_to)

    def clear(self) -> None:
        """Forget everything, how far the change log was followed included. Needs `begin`; raises IndexUnusable."""
        with self._writing() as database:
            self._change(database)
            database.execute("DELETE FROM vector")
            database.execute("DELETE FROM fact WHERE name IN ('watermark', 'dimension', 'sample')")
            self._state(database, "epoch", self._fact(database, "epoch") + 1)

    def keep_sample(self, vector: array[float]) -> None:
        """Remember the vector of a known text, by which a model that changed under its name is noticed."""
        with self._writing() as database:
            database.execute("INSERT OR REPLACE INTO fact (name, value) VALUES ('sample', ?)", (vector.tobytes(),))

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._turn:
            try:
                self._database.execute("BEGIN IMMEDIATE")
                try:
                    yield self._database
                    self._database.execute("COMMIT")
                except BaseException:  # whatever it was: what is half written would be kept by the next COMMIT
                    if self._database.in_transaction:
                        self._database.execute("ROLLBACK")
                    raise
            except (sqlite3.Error, OSError) as error:
                person = "The vectors cannot be written; is the disk full? Nothing is lost, it is tried again."
                raise IndexUnusable("vectors-not-written", str(error), person) from error

    def _change(self, database: sqlite3.Connection) -> int:
        change = self._fact(database, "change") + 1
        self._state(database, "change", change)
        return change

    def _state(self, database: sqlite3.Connection, name: str, value: int) -> None:
        database.execute("INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)", (name, value))

    def _fact(self, database: sqlite3.Connection, name: str) -> int:
        row = database.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    # -- reading -------------------------------------------------------------------------------------------------------

    def watermark(self) -> int:
        """How far the store's change log has been followed; 0 for a new one."""
        return self._read("watermark")

    def dimension(self) -> int:
        """Of its vectors; 0 before the first."""
        return self._read("dimension")

    def sample(self) -> bytes:
        """What `keep_sample` kept, as bytes; none for a new one."""
        with self._turn, _reading():
            row = self._reader.execute("SELECT value FROM fact WHERE name = 'sample'").fetchone()
            return bytes(row[0]) if row else b""

    def passage_count(self) -> int:
        """How many passages have a vector."""
        with self._turn, _reading():
            (count,) = self._reader.execute("SELECT count(*) FROM vector WHERE codes IS NOT NULL").fetchone()
            return int(count)

    def _read(self, name: str) -> int:
        with self._turn, _reading():
            return self._fact(self._reader, name)

    def nearest(
        self,
        vector: array[float],
        scope: Scope,
        *,
        limit: int,
        since: date | None = None,
        until: date | None = None,
        also: Iterable[tuple[int, int]] = (),
    ) -> Nearby:
        """The passages nearest to a vector of length 1 among what the scope may see, and how near they are; also how
        near those are that were found otherwise, by version and number. `since` and `until` as in `SearchIndex.search`.

        Nothing where there are no vectors, or others than this one; what cannot be read is logged, not raised.
        """
        try:
            with self._turn:
                self._refresh()
                days = (since.toordinal() if since else None, until.toordinal() if until else None)
                wanted = [passage_key(*one) for one in also]
                return self._rows.nearest(vector, scope.audiences(), days, limit, wanted)
        except (sqlite3.Error, OSError, MemoryError) as error:
            log.warning("vectors not read", extra={"why": str(error)})
            return Nearby()

    def load(self) -> None:
        """Have the vectors in memory, so that the next search need not wait for them. Raises IndexUnusable."""
        with self._turn, _reading():
            self._refresh()

    def _refresh(self) -> None:
        """Take in what was committed since the last look, by whichever process."""
        (state,) = self._reader.execute("PRAGMA data_version").fetchone()
        if state == self._seen:
            return
        self._reader.execute("BEGIN")
        try:
            dimension, epoch = self._fact(self._reader, "dimension"), self._fact(self._reader, "epoch")
            if (dimension, epoch) != (self._rows.dimension, self._rows.epoch) or self._rows.is_mostly_gone():
                self._rows = _Rows(dimension, epoch)
            if dimension:
                found = self._reader.execute(
                    "SELECT key, audience, day, scale, change, codes FROM vector "
                    "WHERE change > ? AND (codes IS NOT NULL OR ?) ORDER BY change",
                    (self._rows.change, self._rows.change > 0),
                )
                while rows := found.fetchmany(_AT_ONCE):
                    self._rows.take(rows)
        finally:
            self._reader.execute("COMMIT")
        self._seen = state


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise IndexUnusable("vectors-unusable", str(error)) from error


def _coded(vector: array[float]) -> tuple[float, bytes]:
    """A vector as bytes, and by how much each has to be multiplied."""
    import numpy as np

    values = np.frombuffer(vector, dtype=np.float32)
    most = float(np.abs(values).max(initial=0.0)) or 1.0
    return most / 127, np.rint(values * (127 / most)).astype(np.int8).tobytes()


class _Rows:
    """The vectors in memory: one row each, in arrays that grow. Rows that are gone stay until there are many."""

    def __init__(self, dimension: int = 0, epoch: int = 0) -> None:
        self.dimension, self.epoch, self.change = dimension, epoch, 0
        self._count = self._gone = 0
        self._audiences: dict[str, int] = {}
        self._arrays: dict[str, Any] = {}
        self._centre: Any = None  # what all have in common says nothing of any

    def is_mostly_gone(self) -> bool:
        return self._gone * 2 > self._count

    def take(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Take in rows of the table, in the order of their changes."""
        import numpy as np

        self.change = max(self.change, rows[-1][4])
        keys = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        if self._count:
            held = np.flatnonzero(np.isin(self._array("key"), keys) & self._array("alive"))
            self._array("alive")[held] = False
            self._gone += len(held)
        kept = [row for row in rows if row[5] is not None and len(row[5]) == self.dimension]
        if not kept:
            return
        begin, end = self._count, self._count + len(kept)
        self._make_room(end)
        self._count = end
        codes = np.frombuffer(b"".join(row[5] for row in kept), np.int8).reshape(len(kept), self.dimension)
        self._arrays["codes"][begin:end] = codes
        self._arrays["scale"][begin:end] = [row[3] for row in kept]
        self._arrays["key"][begin:end] = [row[0] for row in kept]
        self._arrays["day"][begin:end] = [row[2] for row in kept]
        known = self._audiences
        self._arrays["audience"][begin:end] = [known.setdefault(row[1], len(known)) for row in kept]
        self._arrays["alive"][begin:end] = True
        if self._centre is None:
            self._centre = (codes * self._arrays["scale"][begin:end, None]).mean(axis=0)
        self._sign(begin, end)

    def _array(self, name: str) -> Any:
        return self._arrays[name][: self._count]

    def _make_room(self, count: int) -> None:
        import numpy as np

        room = len(self._arrays["key"]) if self._arrays else 0
        if count <= room:
            return
        room = max(count, room * 3 // 2, 1024)
        words = -(-self.dimension // 64)
        shapes: dict[str, tuple[tuple[int, ...], Any]] = {
            "codes": ((room, self.dimension), np.int8), "bits": ((room, words), np.uint64),
            "scale": ((room,), np.float32), "key": ((room,), np.int64), "day": ((room,), np.int32),
            "audience": ((room,), np.int32), "alive": ((room,), np.bool_),
        }  # fmt: skip
        for name, (shape, kind) in shapes.items():
            grown = np.zeros(shape, kind)
            if name in self._arrays:
                grown[: self._count] = self._array(name)
            self._arrays[name] = grown

    def _sign(self, begin: int, end: int) -> None:
        """Work out the one-bit form of some rows."""
        for first in range(begin, end, _AT_ONCE):
            last = min(end, first + _AT_ONCE)
            values = self._arrays["codes"][first:last] * self._arrays["scale"][first:last, None]
            self._arrays["bits"][first:last] = self._bits(values)

    def _bits(self, values: Any) -> Any:
        import numpy as np

        packed = np.packbits(values > self._centre, axis=1)
        padded = np.zeros((len(values), self._arrays["bits"].shape[1] * 8), np.uint8)
        padded[:, : packed.shape[1]] = packed
        return padded.view(np.uint64)

    def nearest(
        self,
        vector: array[float],
        audiences: Sequence[str],
        days: tuple[int | None, int | None],
        limit: int,
        also: Sequence[int],
    ) -> Nearby:
        """See `VectorStore.nearest`."""
        if not self._count or len(vector) != self.dimension:
            return Nearby()
        import numpy as np

        asked = np.frombuffer(vector, np.float32)
        seen = self._visible(audiences, days)
        if not len(seen):
            return Nearby()
        usual = self._similar(asked, seen[:: max(1, len(seen) // _SAMPLE)])
        middle, spread = float(usual.mean()), max(_LEAST_SPREAD, float(usual.std()))
        promising = seen
        if len(seen) > RESCORED:
            asked_bits = self._bits(asked[None])[0]
            bits = self._array("bits")
            bits = bits if len(seen) == self._count else bits[seen]
            apart = np.zeros(len(seen), np.uint16)
            for word in range(bits.shape[1]):
                apart += np.bitwise_count(bits[:, word] ^ asked_bits[word])
            promising = seen[np.argpartition(apart, RESCORED)[:RESCORED]]
        similar = self._similar(asked, promising)
        order = np.argsort(-similar, kind="stable")[:limit]
        rows, values = promising[order].tolist(), similar[order].tolist()
        if also:
            wanted = np.asarray(sorted(also), np.int64)
            keys = self._arrays["key"][seen]
            places_of_keys = np.minimum(np.searchsorted(wanted, keys), len(wanted) - 1)
            others = seen[wanted[places_of_keys] == keys]
            rows += others.tolist()
            values += self._similar(asked, others).tolist()
        places = [version_and_number(int(self._arrays["key"][row])) for row in rows]
        nearness = {
            place: min(1.0, max(0.0, ((value - middle) / spread - _NEAR_FROM) / _NEAR_OVER))
            for place, value in zip(places, values, strict=True)
        }
        return Nearby(tuple(places[: len(order)]), nearness)

    def _visible(self, audiences: Sequence[str], days: tuple[int | None, int | None]) -> Any:
        """The rows that may be seen, by their numbers."""
        import numpy as np

        allowed = np.zeros(len(self._audiences) + 1, np.bool_)
        allowed[[self._audiences[one] for one in audiences if one in self._audiences]] = True
        may = self._array("alive") & allowed[self._array("audience")]
        since, until = days
        if since is not None or until is not None:
            may &= self._array("day") >= (since or 0)
            if until is not None:
                may &= self._array("day") <= until
        return np.flatnonzero(may)

    def _similar(self, asked: Any, rows: Any) -> Any:
        """How similar rows are to a vector: the cosine of the angle between them."""
        import numpy as np

        return (self._arrays["codes"][rows].astype(np.float32) @ asked) * self._arrays["scale"][rows]
