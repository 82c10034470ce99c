"""Which channels follow which sources, and how."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "subscription",
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("posts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("platform", "channel", "source_id", name="pk_subscription"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_subscription_source_id_source"),
    )
    op.create_index("ix_subscription_source_id", "subscription", ["source_id"])
