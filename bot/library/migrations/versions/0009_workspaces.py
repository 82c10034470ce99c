"""What workspaces decided, who changed what, notices to admins, installations; which thread a question belongs to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "workspace",
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("alerts_channel", sa.Text, nullable=False),
        sa.Column("admin", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("posts_a_day", sa.Integer),
        sa.Column("tokens_a_day", sa.Integer),
        sa.Column("most_sources", sa.Integer),
        sa.Column("paused_at", sa.Text),
        sa.Column("paused_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", name="pk_workspace"),
    )
    op.create_table(
        "audit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("facts", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_platform_workspace_at", "audit", ["platform", "workspace", "at"])
    op.create_table(
        "notice",
        sa.Column("id", KEY, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("delivery_id", KEY),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("bundle", sa.Text, nullable=False),
        sa.Column("told_at", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint(
            "platform", "workspace", "kind", "subject", name="uq_notice_platform_workspace_kind_subject"
        ),
    )
    op.create_index("ix_notice_told_at", "notice", ["told_at"])
    op.create_table(
        "slack_installation",
        sa.Column("enterprise", sa.Text, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("installed_at", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("enterprise", "team", name="pk_slack_installation"),
    )
    op.create_table(
        "slack_state",
        sa.Column("state_sha256", sa.Text, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("state_sha256", name="pk_slack_state"),
    )
    op.add_column("incoming_event", sa.Column("conversation", sa.Text))
    op.create_index("ix_incoming_event_conversation", "incoming_event", ["platform", "conversation", "taken_at"])
    op.create_index("ix_delivery_platform_workspace_owed_at", "delivery", ["platform", "workspace", "owed_at"])
