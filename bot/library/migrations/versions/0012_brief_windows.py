"""Briefs say which parts of their window others tell: those between news that is owed since a brief failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("brief_record", sa.Column("skipped", sa.Text, nullable=False, server_default=sa.text("''")))
