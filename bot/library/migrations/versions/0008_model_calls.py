"""Calls of a language model, what they cost, the prompts that were used, what endpoints can do, and which ones
workspaces brought."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "model_call",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("endpoint", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("tokens", sa.Integer, nullable=False),
        sa.Column("money", sa.BigInteger, nullable=False),
        sa.Column("charges", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("ended_at", sa.Text),
        sa.Column("tokens_in", sa.Integer, nullable=False),
        sa.Column("tokens_out", sa.Integer, nullable=False),
        sa.Column("cost", sa.BigInteger, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("said", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_model_call"),
    )
    op.create_index("ix_model_call_at", "model_call", ["at"])
    op.create_table(
        "model_budget",
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("tokens", sa.BigInteger, nullable=False),
        sa.Column("money", sa.BigInteger, nullable=False),
        sa.Column("touched_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", "day", name="pk_model_budget"),
    )
    op.create_index("ix_model_budget_touched_at", "model_budget", ["touched_at"])
    op.create_table(
        "workspace_model",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("set_at", sa.Text, nullable=False),
        sa.Column("set_by", sa.Text, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_workspace_model"),
    )
    op.create_table(
        "model_prompt",
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("first_used_at", sa.Text, nullable=False),
        sa.Column("template", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("prompt", name="pk_model_prompt"),
    )
    op.create_table(
        "model_ability",
        sa.Column("endpoint", sa.Text, nullable=False),
        sa.Column("learned_at", sa.Text, nullable=False),
        sa.Column("abilities", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("endpoint", name="pk_model_ability"),
    )
