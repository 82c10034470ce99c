"""The tables of deliveries, resting channels, events, feedback and subscriptions; `tables` tells of the columns."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from bot.library.tables import Key, metadata

_UNSETTLED = text("state IN ('due', 'sending')")

delivery = Table(
    "delivery",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("reply_to", Text, nullable=False),
    Column("parent_key", Text, nullable=False),
    Column("files", Text, nullable=False),  # JSON
    Column("state", Text, nullable=False),
    Column("owner", Text, nullable=False),  # who claimed it; empty when nobody has
    Column("lease_until", Text),
    Column("attempts", Integer, nullable=False),
    Column("owed_at", Text, nullable=False),
    Column("next_try_at", Text, nullable=False),
    Column("sent_at", Text),
    Column("message_id", Text, nullable=False),
    Column("thread_id", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    UniqueConstraint("key"),
    Index(
        "ix_delivery_unsettled", "platform", "next_try_at", sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED
    ),
    Index(
        "ix_delivery_in_order",
        "platform", "workspace", "channel", "id",
        sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED,
    ),
    Index("ix_delivery_parent_key", "parent_key"),
    Index("ix_delivery_platform_workspace_owed_at", "platform", "workspace", "owed_at"),
    sqlite_autoincrement=True,  # the order of ids is the order in which they were owed
)  # fmt: skip

channel_rest = Table(
    "channel_rest",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("workspace", Text, primary_key=True),
    Column("channel", Text, primary_key=True),  # empty: all of the workspace, or with an empty workspace all
    Column("state", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("next_try_at", Text),
    Column("told", Boolean, nullable=False),
    Column("not_before", Text),  # a rate limit
)

incoming_event = Table(
    "incoming_event",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("taken_at", Text, nullable=False),
    Column("ended_at", Text),
    Column("conversation", Text),  # the thread to which a question belongs
    Column("request", LargeBinary, nullable=False),
    Index("ix_incoming_event_state_taken_at", "state", "taken_at"),
    Index("ix_incoming_event_conversation", "platform", "conversation", "taken_at"),
)

channel_cursor = Table(
    "channel_cursor",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("message_id", Text, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),  # of the question whose answer was judged
    Column("person", Text, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("at", Text, nullable=False),
)

subscription = Table(
    "subscription",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("source_id", Key, ForeignKey("source.id"), primary_key=True, autoincrement=False),
    Column("workspace", Text, nullable=False),
    Column("posts", Text, nullable=False),
    Index("ix_subscription_source_id", "source_id"),
)
