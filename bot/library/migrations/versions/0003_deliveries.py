"""Deliveries, channels that rest, incoming events, and how far each channel was read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNSETTLED = sa.text("state IN ('due', 'sending')")


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("reply_to", sa.Text, nullable=False),
        sa.Column("parent_key", sa.Text, nullable=False),
        sa.Column("files", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("lease_until", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("owed_at", sa.Text, nullable=False),
        sa.Column("next_try_at", sa.Text, nullable=False),
        sa.Column("sent_at", sa.Text),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("thread_id", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("key", name="uq_delivery_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_delivery_unsettled",
        "delivery",
        ["platform", "next_try_at"],
        sqlite_where=UNSETTLED,
        postgresql_where=UNSETTLED,
    )
    op.create_index(
        "ix_delivery_in_order",
        "delivery",
        ["platform", "workspace", "channel", "id"],
        sqlite_where=UNSETTLED,
        postgresql_where=UNSETTLED,
    )
    op.create_index("ix_delivery_parent_key", "delivery", ["parent_key"])
    op.create_table(
        "channel_rest",
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sa.Column("next_try_at", sa.Text),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.Column("not_before", sa.Text),
        sa.PrimaryKeyConstraint("platform", "workspace", "channel", name="pk_channel_rest"),
    )
    op.create_table(
        "incoming_event",
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("taken_at", sa.Text, nullable=False),
        sa.Column("ended_at", sa.Text),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("platform", "id", name="pk_incoming_event"),
    )
    op.create_index("ix_incoming_event_state_taken_at", "incoming_event", ["state", "taken_at"])
    op.create_table(
        "channel_cursor",
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("platform", "channel", name="pk_channel_cursor"),
    )
