"""Briefs with their state, what channels want of them, and what people muted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OWED = sa.text("state = 'owed'")


def upgrade() -> None:
    op.drop_table("brief")  # of the terminal alone, and never released
    op.create_table(
        "brief_wish",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("wish", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_brief_wish"),
    )
    op.create_index("ix_brief_wish_platform_workspace", "brief_wish", ["platform", "workspace"])
    op.create_table(
        "brief_record",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("slot", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("since", sa.Text),
        sa.Column("from_seq", sa.BigInteger, nullable=False),
        sa.Column("to_seq", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("delivery_key", sa.Text, nullable=False),
        sa.Column("delivered_at", sa.Text),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_brief_record"),
        sa.UniqueConstraint("key", "slot", name="uq_brief_record_key_slot"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_brief_record_key_id", "brief_record", ["key", "id"])
    op.create_index("ix_brief_record_delivered_at", "brief_record", ["delivered_at"])
    op.create_index("ix_brief_record_owed", "brief_record", ["delivery_key"], sqlite_where=OWED, postgresql_where=OWED)
    op.create_table(
        "brief_revision",
        sa.Column("record_id", KEY, nullable=False, autoincrement=False),
        sa.Column("revision", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("record_id", "revision", name="pk_brief_revision"),
        sa.ForeignKeyConstraint(["record_id"], ["brief_record.id"], name="fk_brief_revision_record_id_brief_record"),
    )
    op.create_table(
        "brief_mute",
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("story_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("muted_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", "person", "topic", "story_id", name="pk_brief_mute"),
    )
