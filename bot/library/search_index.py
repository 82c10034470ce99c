"""The search index: BM25 over passages with tantivy. A read model: derived, disposable, never the source of a quote.

How far it has followed the store's change log is written into the index itself, in the same commit as what it took in
(tantivy has no commit payload here), so a crash leaves an older index, never a wrong one. Its folder is named by its
schema: another schema is another folder, and an unusable one is thrown away and made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import tantivy

from bot.errors import IndexUnusable
from bot.library.passages import passage_key, passages_of, version_and_number
from bot.library.said_terms import SaidTerms, terms_of_version
from bot.library.search_terms import PART

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from bot.domain import Scope, StoredVersion, VersionFacts
    from bot.library.said_terms import Said

# Raise when what is indexed changes in a way that the fields do not show (other stems, other passages).
_EDITION = 1
_WATERMARK_DOCUMENT = -1
_HEAP_BYTES = 32_000_000  # tantivy wants at least 15 MB a thread
UNDATED = -1
_FEW_AUDIENCES = 8
_LONGEST_TERM = 60_000  # bytes; tantivy refuses longer ones

# A title says what all of a document is about, the lead what is new in it.
FIELD_WEIGHTS = {"title": 1.2, "lead": 0.5, "body": 1.0}

TIE = 0.3  # what further alternatives count beside the best one
# A search that would have to look at more than this is pruned: exact for a small library, quick for a large one.
MOST_POSTINGS = 150_000
_MOST_TERMS, _MOST_TITLE_TERMS = 10, 4  # of one thing that is looked for
_WORTH_ASKING = 0.25  # beside the most telling alternative
_BESIDE_BODY = 0.4


class Hit(NamedTuple):
    """A passage that was found, with its BM25 score."""

    version_id: int
    number: int
    score: float


class Nearby(NamedTuple):
    """What stands near by its meaning: the nearest passages, nearest first, and how near they and others are, 0..1.

    It is here for those who search with words alone and must not load what vectors need.
    """

    best: tuple[tuple[int, int], ...] = ()  # version, passage
    nearness: Mapping[tuple[int, int], float] = {}


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that is looked for: alternative terms with their weights; the best one counts."""

    alternatives: tuple[tuple[str, float], ...]


class _Term(NamedTuple):
    """A term in one field: its weight there, and in how many passages it stands."""

    field: str
    term: str
    weight: float
    frequency: int


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("key", indexed=True, fast=True)
    # i64, not u64: deleting by an unsigned term deletes nothing in this release, silently.
    builder.add_integer_field("document", indexed=True, fast=True)
    builder.add_integer_field("watermark", fast=True)
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_text_field("audience", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
    for name in FIELD_WEIGHTS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _folder_name() -> str:
    described = f"{_EDITION} {sorted(FIELD_WEIGHTS)} {tantivy.__version__}"  # type: ignore[attr-defined]
    return f"v{_EDITION}-{hashlib.sha256(described.encode()).hexdigest()[:12]}"


class SearchIndex:
    """The passages of all documents of one installation; every search names a scope and finds nothing outside it."""

    def __init__(self, root: Path) -> None:
        """`root` is the folder that holds the index's own folder. Opens or creates it; raises IndexUnusable."""
        self._folder = root / _folder_name()
        self._schema = _schema()
        self._replacing = threading.Lock()
        self._writer: Any = None
        self._open()
        self._remove_older(root)

    def _open(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                self._index = tantivy.Index(self._schema, path=str(self._folder))
            except ValueError:
                # Broken or foreign files: the index is derived, so a new one loses nothing but time.
                shutil.rmtree(self._folder)
                self._folder.mkdir(parents=True)
                self._index = tantivy.Index(self._schema, path=str(self._folder))
        except (OSError, ValueError) as error:
            raise IndexUnusable("index-unusable", f"{self._folder}: {error}") from error
        self._opened = self._identity()
        self._said = SaidTerms(self._folder)

    def _identity(self) -> tuple[int, int] | None:
        try:
            told = self._folder.stat()
        except OSError:
            return None
        return told.st_dev, told.st_ino

    def _look_again(self) -> None:
        """See what was committed since. Whoever threw the folder away, also under a running bot, gets a new one."""
        with self._replacing:
            if self._identity() != self._opened:
                self._writer = None  # what it has written is gone, and must not be written over what is there now
                self._said.close()
                self._open()
            try:
                self._index.reload()
            except (OSError, ValueError) as error:
                raise IndexUnusable("index-unusable", str(error)) from error

    def _remove_older(self, root: Path) -> None:
        for other in root.iterdir():
            if other.is_dir() and other != self._folder and other.name.startswith("v"):
                shutil.rmtree(other, ignore_errors=True)

    # -- writing -------------------------------------------------------------------------------------------------------

    def begin(self) -> bool:
        """Take the writer's lock. False when another process holds it: that one keeps the index up to date."""
        self._look_again()
        if self._writer is None:
            try:
                self._writer = self._index.writer(_HEAP_BYTES, num_threads=1)
            except ValueError as error:
                if "LockBusy" in str(error):
                    return False
                raise IndexUnusable("index-unusable", str(error)) from error
        return True

    def put(self, version: StoredVersion) -> None:
        """Index a version in place of whatever the index held of its document. Needs `begin`; seen after `commit`.

        Raises IndexUnusable, as `drop` and `commit` do, when it cannot be written; then `begin` has to be called again,
        and all since the last commit is forgotten.
        """
        with self._writing():
            self._writer.delete_documents_by_term("document", version.facts.document_id)
        language = version.facts.language
        in_title, in_sentences = terms_of_version(version)
        self._said.put(version, in_title, in_sentences)
        title = " ".join(in_title)
        published = version.facts.published.day
        day = published.toordinal() if published else UNDATED
        for passage in passages_of(version.sentences):
            document = tantivy.Document()
            document.add_integer("key", passage_key(version.facts.id, passage.number))
            document.add_integer("document", version.facts.document_id)
            document.add_integer("day", day)
            document.add_text("audience", version.audience)
            document.add_text("language", language)
            document.add_text("title", title)
            document.add_text("body", _between_blanks(in_sentences[passage.first : passage.last]))
            if passage.number == 0:
                document.add_text("lead", _between_blanks(in_sentences[passage.first : min(2, passage.last)]))
            with self._writing():
                self._writer.add_document(document)

    def drop(self, document_id: int) -> None:
        """Forget a document. Needs `begin`; done after `commit`."""
        with self._writing():
            self._writer.delete_documents_by_term("document", document_id)
        self._said.drop(document_id)

    def commit(self, watermark: int) -> None:
        """Make all since the last commit searchable, together with how far the change log was followed."""
        self._said.commit(watermark, self._committed())
        with self._writing():
            self._writer.delete_documents_by_term("document", _WATERMARK_DOCUMENT)
        mark = tantivy.Document()
        mark.add_integer("document", _WATERMARK_DOCUMENT)
        mark.add_integer("watermark", watermark)
        with self._writing():
            self._writer.add_document(mark)
            self._writer.commit()
            self._index.reload()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A writer that met an error (a full disk, mostly) is dead for good: give it up, so that `begin` makes one."""
        try:
            yield
        except UnicodeError:
            raise  # a ValueError, too, but of our making
        except (ValueError, OSError) as error:
            self._writer = None
            person = "The search index cannot be written; is the disk full? The documents are safe and indexed later."
            raise IndexUnusable("index-not-written", str(error), person) from error

    def fill(self, versions: Iterable[StoredVersion], up_to: int, since: int) -> None:
        """Keep the terms of versions that were indexed before these were kept: those of some lines of the change log.
        Needs `begin`."""
        for version in versions:
            self._said.put(version, *terms_of_version(version))
        self._said.commit(up_to, since)

    def clear(self) -> None:
        """Forget everything. Needs `begin`; done after `commit`."""
        self._writer.delete_all_documents()
        self._said.clear()

    def close(self) -> None:
        """Give the writer's lock back; what was not committed is taken in again from the change log."""
        if self._writer is not None:
            with contextlib.suppress(OSError, ValueError):  # the folder was thrown away: there is nothing to take back
                self._writer.rollback()
            self._writer = None
        self._said.close()

    # -- reading -------------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """See what another process has committed since. Raises IndexUnusable."""
        self._look_again()

    def watermark(self) -> int:
        """How far the store's change log has been taken in; 0 for a new index. Raises IndexUnusable."""
        self._look_again()
        return self._committed()

    def _committed(self) -> int:
        searcher = self._index.searcher()
        query = tantivy.Query.term_query(self._schema, "document", _WATERMARK_DOCUMENT)
        hits = searcher.search(query, 1, count=False).hits
        if not hits:
            return 0
        return int(searcher.fast_field_values("watermark", [address for _, address in hits])[0] or 0)

    def passage_count(self) -> int:
        return int(self._index.searcher().num_docs)

    def languages(self) -> dict[str, int]:
        """In how many passages each language stands, over all audiences: for choosing how to search, nothing else."""
        return {name: int(count) for name, count in self._index.searcher().terms_with_prefix("language", "", limit=100)}

    def document_frequency(self, term: str) -> int:
        """In how many passages' bodies a term stands, over all audiences: a measure of rarity, nothing else."""
        return int(self._index.searcher().doc_freq("body", term)) if _is_text(term) else 0

    def said(self, versions: Iterable[VersionFacts]) -> Mapping[int, Said]:
        """The terms of these versions' sentences, by id, as far as they are kept: the rest has to be worked out."""
        return self._said.of(versions)

    def said_up_to(self) -> int:
        """Up to which line of the change log they are kept."""
        return self._said.up_to()

    def search(
        self,
        asked: Sequence[Asked],
        scope: Scope,
        *,
        limit: int = 50,
        since: date | None = None,
        until: date | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> list[Hit]:
        """The best passages for what is asked, best first. `since` and `until` leave out documents not dated within."""
        searcher = self._index.searcher()
        groups = [self._known(searcher, one, weights or FIELD_WEIGHTS) for one in asked]
        groups = [group for group in groups if group]
        if not groups:
            return []
        filters = self._filters(searcher, scope, since, until)
        postings = sum(term.frequency for group in groups for term in group)
        if postings > MOST_POSTINGS and not filters:
            return self._hits(searcher, self._pruned(groups, int(searcher.num_docs)), limit)
        occur = tantivy.Occur
        wanted = [(occur.Should, self._best_of(group)) for group in groups]
        clauses = [(occur.Must, tantivy.Query.boolean_query(wanted))]
        clauses += [(occur.Must, self._silent(query)) for query in filters]
        return self._hits(searcher, tantivy.Query.boolean_query(clauses), limit)

    def newest(
        self, scope: Scope, *, limit: int = 50, since: date | None = None, until: date | None = None
    ) -> list[Hit]:
        """The passages of documents dated within the period, the newest day first; their score is that day's number."""
        dated = tantivy.Query.range_query(self._schema, "day", tantivy.FieldType.Integer, 1, None)
        searcher = self._index.searcher()
        clauses = [(tantivy.Occur.Must, query) for query in (dated, *self._filters(searcher, scope, since, until))]
        return self._hits(searcher, tantivy.Query.boolean_query(clauses), limit, order_by="day")

    def _filters(
        self, searcher: tantivy.Searcher, scope: Scope, since: date | None, until: date | None
    ) -> list[tantivy.Query]:
        """What has to hold besides; nothing for a scope that may see all that there is."""
        audiences = scope.audiences()
        known = searcher.terms_with_prefix("audience", "", limit=len(audiences) + 1)
        filters = [] if all(audience in audiences for audience, _ in known) else [self._audience(audiences)]
        if since is not None or until is not None:
            low = since.toordinal() if since else 0
            high = until.toordinal() if until else None
            filters.append(tantivy.Query.range_query(self._schema, "day", tantivy.FieldType.Integer, low, high))
        return filters

    def _hits(
        self, searcher: tantivy.Searcher, query: tantivy.Query, limit: int, order_by: str | None = None
    ) -> list[Hit]:
        hits = searcher.search(query, limit, count=False, order_by_field=order_by).hits
        keys = searcher.fast_field_values("key", [address for _, address in hits])
        return [Hit(*version_and_number(int(key or 0)), score) for key, (score, _) in zip(keys, hits, strict=True)]

    def _known(self, searcher: tantivy.Searcher, one: Asked, weights: Mapping[str, float]) -> list[_Term]:
        """The alternatives that stand anywhere, each with the fields in which it does. Most do not."""
        known = []
        for term, weight in one.alternatives:
            if _is_text(term):
                in_body = searcher.doc_freq("body", term)
                for field, field_weight in weights.items():
                    elsewhere = field == "title" or in_body  # the lead is part of the body
                    frequency = in_body if field == "body" or not elsewhere else searcher.doc_freq(field, term)
                    if frequency:
                        known.append(_Term(field, term, weight * field_weight, frequency))
        return known

    def _best_of(self, group: Sequence[_Term]) -> tantivy.Query:
        return tantivy.Query.disjunction_max_query([self._term(one, one.weight) for one in group], tie_breaker=TIE)

    def _pruned(self, groups: Sequence[Sequence[_Term]], passages: int) -> tantivy.Query:
        """A plain sum of weighted terms that comes near to `_best_of`: tantivy answers only such a one without looking
        at every passage that holds any of the terms.

        What counts fully there when alone, and little beside a better one, counts something between here.
        """
        clauses = []
        for group in groups:
            told = sorted((one for one in group if one.field != "lead"), key=lambda one: (-one.weight, one.frequency))
            telling = {one: one.weight * math.log1p(passages / one.frequency) for one in told}
            worth = _WORTH_ASKING * max(telling.values(), default=0.0)
            told = [one for one in told if telling[one] >= worth]
            named = any(one.term.startswith("@") for one in told)
            for field, most, beside in (("body", _MOST_TERMS, 1.0), ("title", _MOST_TITLE_TERMS, _BESIDE_BODY)):
                for one in [one for one in told if one.field == field][:most]:
                    weight = one.weight * beside * _beside(one.term, named=named)
                    clauses.append((tantivy.Occur.Should, self._term(one, weight)))
        return tantivy.Query.boolean_query(clauses)

    def _term(self, one: _Term, weight: float) -> tantivy.Query:
        return tantivy.Query.boost_query(tantivy.Query.term_query(self._schema, one.field, one.term), weight)

    def _audience(self, audiences: Sequence[str]) -> tantivy.Query:
        if len(audiences) > _FEW_AUDIENCES:
            return tantivy.Query.term_set_query(self._schema, "audience", list(audiences))
        # A set of terms is looked up in all documents before the search begins, single terms only where it goes.
        terms = [tantivy.Query.term_query(self._schema, "audience", audience) for audience in audiences]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in terms])

    def _silent(self, query: tantivy.Query) -> tantivy.Query:
        return tantivy.Query.boost_query(query, 0.0)


def _between_blanks(sentences: Sequence[Sequence[str]]) -> str:
    """The terms of neighbouring sentences, as the index takes them."""
    return " ".join([term for terms in sentences for term in terms])


def _beside(term: str, *, named: bool) -> float:
    """How much of a term counts that mostly stands beside a better one of the same thing."""
    if term.startswith(PART):
        return 0.5  # beside the head of the compound, or the whole
    return 0.4 if named and not term.startswith("@") else 1.0  # a name is also a word of its language


def _is_text(term: str) -> bool:
    """Whether a term can stand in the index at all; a lone surrogate cannot."""
    try:
        return 0 < len(term.encode()) < _LONGEST_TERM
    except UnicodeEncodeError:
        return False


def remove_index(root: Path) -> None:
    """Throw the index away; the next start makes it anew from the store."""
    shutil.rmtree(root, ignore_errors=True)
