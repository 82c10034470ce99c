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
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
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
)

brief = Table(
    "brief",
    metadata,
    Column("id", Key, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("from_seq", BigInteger, nullable=False),
    Column("to_seq", BigInteger, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),  # JSON, kept byte for byte: its hash is shown
    Index("ix_brief_workspace_channel_id", "workspace", "channel", "id"),
)
