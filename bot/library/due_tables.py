"""The tables of what is due when; see `tables` for how columns are kept."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text

from bot.library.tables import metadata

due = Table(
    "due",
    metadata,
    Column("key", Text, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("revision", Integer, nullable=False),  # of the wish
    Column("zone", Text, nullable=False),
    Column("zone_data", Text, nullable=False),  # a hash: which rules of that zone the row was computed from
    Column("grace_s", Integer, nullable=False),
    Column("rests_until", Text),
    Column("look_at", Text),  # nothing is to be decided before; NULL: nothing ever
    Column("looked_at", Text, nullable=False),
    Column("last_at", Text),
    Column("intent", LargeBinary, nullable=False),  # JSON
    Index("ix_due_look_at", "look_at"),
    Index("ix_due_looked_at", "looked_at"),
    Index("ix_due_place", "platform", "workspace", "channel"),
)

due_slot = Table(
    "due_slot",
    metadata,
    Column("due_key", Text, primary_key=True),
    Column("slot", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("passed_over", Integer, nullable=False),
    Column("owner", Text, nullable=False),  # empty when nobody has it
    Column("lease_until", Text),
    Column("attempts", Integer, nullable=False),
    Column("taken_at", Text, nullable=False),
    Column("ended_at", Text),
    Index("ix_due_slot_due_key_at", "due_key", "at"),
)
