"""The tables of the store, in SQLAlchemy Core; `migrations` makes them, and a test compares the two.

Instants are ISO 8601 in UTC with microseconds: they read and sort alike in SQLite and PostgreSQL. Texts of record are
UTF-8 bytes, because PostgreSQL's `text` cannot hold every string. Wide columns come last, so that SQLite reads a row's
facts without touching its overflow pages.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives out row ids only for a column that is called exactly INTEGER
Key = BigInteger().with_variant(Integer, "sqlite")

source = Table(
    "source",
    metadata,
    Column("id", Key, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("audience", Text, nullable=False),
    UniqueConstraint("kind", "address", "audience"),
)

raw = Table(
    "raw",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

document = Table(
    "document",
    metadata,
    Column("id", Key, primary_key=True),
    Column("source_id", Key, ForeignKey("source.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("audience", Text, nullable=False),  # its source's, so that no read needs a join to be safe
    Column("state", Text, nullable=False),
    Column("reason_code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("first_seen", Text, nullable=False),
    Column("version_count", Integer, nullable=False),  # the current version is the one of this number
    Column("failed_sha256", Text, ForeignKey("raw.sha256")),  # the bytes that could not be read
    Column("file_size", BigInteger),  # with the name, a FileState: all four or none
    Column("file_mtime_ns", BigInteger),
    Column("file_inode", Text),  # up to 128 bits on some file systems
    Column("file_sha256", Text),
    Column("baseline", Boolean, nullable=False, server_default=false()),
    # a removed document leaves its name to the next one
    Index(
        "uq_document_live_name",
        "source_id",
        "name",
        unique=True,
        sqlite_where=text("state <> 'removed'"),
        postgresql_where=text("state <> 'removed'"),
    ),
    Index("ix_document_name", "name"),
    Index("ix_document_audience_id", "audience", "id"),
)

version = Table(
    "version",
    metadata,
    Column("id", Key, primary_key=True),
    Column("document_id", Key, ForeignKey("document.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("raw_sha256", Text, ForeignKey("raw.sha256"), nullable=False),
    Column("text_sha256", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),  # of all that the reader said; equal means nothing is new
    Column("stored_at", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("byline", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("day", Text),
    Column("at", Text),
    Column("date_basis", Text, nullable=False),
    Column("date_warning", Text, nullable=False),
    Column("date_edited", Boolean, nullable=False),
    Column("translation", Text),  # JSON
    Column("media_type", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("length", Integer, nullable=False),
    Column("notes", Text, nullable=False),  # JSON: encoding, dropped, suspicious
    Column("sentences", LargeBinary, nullable=False),
    Column("text", LargeBinary, nullable=False),
    UniqueConstraint("document_id", "number"),
)

change = Table(
    "change",
    metadata,
    Column("seq", Key, primary_key=True),
    Column("document_id", Key, ForeignKey("document.id"), nullable=False),
    Column("version_id", Key, ForeignKey("version.id")),
    sqlite_autoincrement=True,  # a number is never given out again
)

membership = Table(
    "membership",
    metadata,
    Column("document_id", Key, ForeignKey("document.id"), primary_key=True, autoincrement=False),
    Column("report_id", Key, nullable=False, index=True),
    Column("story_id", Key, nullable=False, index=True),
    Column("reason", Text, nullable=False),
)

receipt = Table(
    "receipt",
    metadata,
    Column("id", Key, primary_key=True),
    Column("shown_at", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("quotes", Text, nullable=False),  # JSON
    Column("prompt", Text, nullable=False, server_default=text("''")),
    Column("model", Text, nullable=False, server_default=text("''")),
    Column("dropped", Integer, nullable=False, server_default="0"),
)

# --- sources on the web: one row per address that is asked, however many sources follow it ---

watched = Table(
    "watched",
    metadata,
    Column("id", Key, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("next_check_at", Text),  # NULL: not by itself
    Column("interval_s", Float, nullable=False),
    Column("items_a_day", Float, nullable=False),
    Column("added_at", Text, nullable=False),
    Column("checked_at", Text),
    Column("succeeded_at", Text),
    Column("changed_at", Text),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("content_sha256", Text, nullable=False),
    Column("moved_to", Text, nullable=False),
    Column("moved_times", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("lease_holder", Text, nullable=False),
    Column("lease_until", Text),
    Column("memory", LargeBinary, nullable=False),
    UniqueConstraint("kind", "address"),
    Index("ix_watched_next_check_at", "next_check_at"),
    Index("ix_watched_lease_until", "lease_until"),
)

source_choice = Table(  # what people chose for a source that is on the web
    "source_choice",
    metadata,
    Column("source_id", Key, ForeignKey("source.id"), primary_key=True, autoincrement=False),
    Column("watched_id", Key, ForeignKey("watched.id"), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("full_articles", Boolean, nullable=False),
    Column("filters", Text, nullable=False),  # JSON: keep, drop, languages
    Column("post", Text, nullable=False),
    Column("added_at", Text, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("paused_until", Text),  # NULL: not paused
    Column("paused_by", Text, nullable=False),
    Column("removed_at", Text),
    Column("removed_by", Text, nullable=False),
    Column("erased", Boolean, nullable=False),
    Column("undo_until", Text),
    Column("started_at", Text),  # NULL: what it holds now is still to become its baseline
    Column("needs_body", Boolean, nullable=False),  # "not modified" would not do at its next check
)

item = Table(
    "item",
    metadata,
    Column("id", Key, primary_key=True),
    Column("watched_id", Key, ForeignKey("watched.id"), nullable=False),
    # hashes, empty when there is none: a guid may be longer than an index takes
    Column("guid_key", Text, nullable=False),
    Column("link_key", Text, nullable=False),
    Column("text_key", Text, nullable=False),
    Column("name", Text, nullable=False),  # of its documents
    Column("host", Text, nullable=False),
    Column("published", Text),
    Column("first_seen", Text, nullable=False),
    Column("last_seen", Text, nullable=False),
    Column("seen_times", Integer, nullable=False),
    Column("said_sha256", Text, nullable=False),  # of all that the feed says
    Column("words_sha256", Text, nullable=False),  # of its words, without its dates
    Column("redated", Integer, nullable=False),  # how often nothing but its dates changed
    Column("due_at", Text),  # NULL: nothing is to be done
    Column("turn", Integer, nullable=False),  # 0: news, 1: a baseline, which can wait
    Column("claims", Integer, nullable=False),  # in a row that came to no end: their process died
    Column("tries", Integer, nullable=False),  # in a row that ended with "later"
    Column("lease_holder", Text, nullable=False),
    Column("lease_until", Text),
    Column("guid", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("content", LargeBinary),  # what the feed says, until it has been read
    Index("ix_item_watched_id_guid_key", "watched_id", "guid_key"),
    Index("ix_item_watched_id_link_key", "watched_id", "link_key"),
    Index("ix_item_watched_id_text_key", "watched_id", "text_key"),
    Index("ix_item_link_key", "link_key"),
    Index(
        "ix_item_due",
        "turn",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index("ix_item_lease_until", "lease_until"),
    Index("uq_item_watched_id_name", "watched_id", "name", unique=True),
)

item_outcome = Table(  # what became of an item for one of the sources that follow its address
    "item_outcome",
    metadata,
    Column("item_id", Key, ForeignKey("item.id"), primary_key=True, autoincrement=False),
    Column("source_id", Key, ForeignKey("source.id"), primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("baseline", Boolean, nullable=False),
    Column("document_id", Key, ForeignKey("document.id"), index=True),
    Column("at", Text, nullable=False),
    Index("ix_item_outcome_source_id_state", "source_id", "state"),
)

trail = Table(  # what happened to an item, stage by stage; without an item, to its address
    "trail",
    metadata,
    Column("id", Key, primary_key=True),
    Column("watched_id", Key, ForeignKey("watched.id"), nullable=False),
    Column("item_id", Key, ForeignKey("item.id")),
    Column("source_id", Key, ForeignKey("source.id")),
    Column("at", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_trail_watched_id_id", "watched_id", "id"),
    Index("ix_trail_item_id_id", "item_id", "id"),
)
