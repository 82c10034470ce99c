"""What is due when, and the slots that were taken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "due",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("zone_data", sa.Text, nullable=False),
        sa.Column("grace_s", sa.Integer, nullable=False),
        sa.Column("rests_until", sa.Text),
        sa.Column("look_at", sa.Text),
        sa.Column("looked_at", sa.Text, nullable=False),
        sa.Column("last_at", sa.Text),
        sa.Column("intent", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_due"),
    )
    op.create_index("ix_due_look_at", "due", ["look_at"])
    op.create_index("ix_due_looked_at", "due", ["looked_at"])
    op.create_index("ix_due_place", "due", ["platform", "workspace", "channel"])
    op.create_table(
        "due_slot",
        sa.Column("due_key", sa.Text, nullable=False),
        sa.Column("slot", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("passed_over", sa.Integer, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("lease_until", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("taken_at", sa.Text, nullable=False),
        sa.Column("ended_at", sa.Text),
        sa.PrimaryKeyConstraint("due_key", "slot", name="pk_due_slot"),
    )
    op.create_index("ix_due_slot_due_key_at", "due_slot", ["due_key", "at"])
