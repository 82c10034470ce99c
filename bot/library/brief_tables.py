"""The tables of briefs, of what channels want of them and of what people muted; `tables` tells of the columns."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from bot.library.tables import Key, metadata

_OWED = text("state = 'owed'")

brief_wish = Table(
    "brief_wish",
    metadata,
    Column("key", Text, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("wish", LargeBinary, nullable=False),  # JSON
    Index("ix_brief_wish_platform_workspace", "platform", "workspace"),
)

brief_record = Table(
    "brief_record",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("since", Text),
    Column("from_seq", BigInteger, nullable=False),
    Column("to_seq", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("delivery_key", Text, nullable=False),  # of its first delivery; empty: it has none
    Column("delivered_at", Text),
    Column("told", Text, nullable=False),  # ids of documents, with blanks between them
    Column("skipped", Text, nullable=False, server_default=text("''")),  # "12-15 20-31": what others tell
    Column("sha256", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),  # JSON, kept byte for byte: its hash is shown
    UniqueConstraint("key", "slot"),
    Index("ix_brief_record_key_id", "key", "id"),
    Index("ix_brief_record_delivered_at", "delivered_at"),
    Index("ix_brief_record_owed", "delivery_key", sqlite_where=_OWED, postgresql_where=_OWED),
    sqlite_autoincrement=True,  # the order of ids is the order in which they were made
)

brief_revision = Table(  # bodies that were replaced
    "brief_revision",
    metadata,
    Column("record_id", Key, ForeignKey("brief_record.id"), primary_key=True, autoincrement=False),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

brief_mute = Table(
    "brief_mute",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("workspace", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("story_id", BigInteger, primary_key=True, autoincrement=False),  # 0: a topic
    Column("muted_at", Text, nullable=False),
)
