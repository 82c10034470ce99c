"""The tables of what workspaces decided, of who changed what, of notices and installations; see `tables`."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from bot.library.tables import Key, metadata

workspace = Table(
    "workspace",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("workspace", Text, primary_key=True),
    Column("alerts_channel", Text, nullable=False),
    Column("admin", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("posts_a_day", Integer),
    Column("tokens_a_day", Integer),
    Column("most_sources", Integer),
    Column("paused_at", Text),
    Column("paused_by", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Key, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("facts", LargeBinary, nullable=False),  # JSON
    Index("ix_audit_platform_workspace_at", "platform", "workspace", "at"),
)

notice = Table(
    "notice",
    metadata,
    Column("id", Key, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("delivery_id", Key),
    Column("at", Text, nullable=False),
    Column("bundle", Text, nullable=False),  # the key of the message in which it is told; empty while it waits
    Column("told_at", Text),
    UniqueConstraint("platform", "workspace", "kind", "subject"),
    Index("ix_notice_told_at", "told_at"),
)

slack_installation = Table(
    "slack_installation",
    metadata,
    Column("enterprise", Text, primary_key=True),  # empty: none
    Column("team", Text, primary_key=True),
    Column("installed_at", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),  # encrypted: it holds tokens
)

slack_state = Table(
    "slack_state",
    metadata,
    Column("state_sha256", Text, primary_key=True),
    Column("until", Text, nullable=False),
)
