"""Receipts name the prompt and the model that worded what stood above their quotes, and count what was dropped."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("receipt", sa.Column("prompt", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("receipt", sa.Column("model", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("receipt", sa.Column("dropped", sa.Integer, nullable=False, server_default="0"))
