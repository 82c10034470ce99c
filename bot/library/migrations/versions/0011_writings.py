"""What language models wrote and the gate let through, so that nobody asks for it twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "model_writing",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kept_at", sa.Text, nullable=False),
        sa.Column("written", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_model_writing"),
    )
    op.create_index("ix_model_writing_kept_at", "model_writing", ["kept_at"])
