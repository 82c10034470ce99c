"""The first tables: documents and versions, the change log, memberships, receipts and briefs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LIVE = sa.text("state <> 'removed'")


def upgrade() -> None:
    op.create_table(
        "source",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_source"),
        sa.UniqueConstraint("kind", "address", "audience", name="uq_source_kind_address_audience"),
    )
    op.create_table(
        "raw",
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_raw"),
    )
    op.create_table(
        "document",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason_code", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("first_seen", sa.Text, nullable=False),
        sa.Column("version_count", sa.Integer, nullable=False),
        sa.Column("failed_sha256", sa.Text),
        sa.Column("file_size", sa.BigInteger),
        sa.Column("file_mtime_ns", sa.BigInteger),
        sa.Column("file_inode", sa.Text),
        sa.Column("file_sha256", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_document_source_id_source"),
        sa.ForeignKeyConstraint(["failed_sha256"], ["raw.sha256"], name="fk_document_failed_sha256_raw"),
    )
    op.create_index("ix_document_audience_id", "document", ["audience", "id"])
    op.create_index("ix_document_name", "document", ["name"])
    op.create_index(
        "uq_document_live_name",
        "document",
        ["source_id", "name"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_table(
        "version",
        sa.Column("id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("raw_sha256", sa.Text, nullable=False),
        sa.Column("text_sha256", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("stored_at", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("byline", sa.Text, nullable=False),
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("day", sa.Text),
        sa.Column("at", sa.Text),
        sa.Column("date_basis", sa.Text, nullable=False),
        sa.Column("date_warning", sa.Text, nullable=False),
        sa.Column("date_edited", sa.Boolean, nullable=False),
        sa.Column("translation", sa.Text),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("sentences", sa.LargeBinary, nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_version"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_version_document_id_document"),
        sa.ForeignKeyConstraint(["raw_sha256"], ["raw.sha256"], name="fk_version_raw_sha256_raw"),
        sa.UniqueConstraint("document_id", "number", name="uq_version_document_id_number"),
    )
    op.create_table(
        "change",
        sa.Column("seq", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("version_id", KEY),
        sa.PrimaryKeyConstraint("seq", name="pk_change"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_change_document_id_document"),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name="fk_change_version_id_version"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "membership",
        sa.Column("document_id", KEY, autoincrement=False, nullable=False),
        sa.Column("report_id", KEY, nullable=False),
        sa.Column("story_id", KEY, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("document_id", name="pk_membership"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_membership_document_id_document"),
    )
    op.create_index("ix_membership_report_id", "membership", ["report_id"])
    op.create_index("ix_membership_story_id", "membership", ["story_id"])
    op.create_table(
        "receipt",
        sa.Column("id", KEY, nullable=False),
        sa.Column("shown_at", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("quotes", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_receipt"),
    )
    op.create_table(
        "brief",
        sa.Column("id", KEY, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("from_seq", sa.BigInteger, nullable=False),
        sa.Column("to_seq", sa.BigInteger, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_brief"),
    )
    op.create_index("ix_brief_workspace_channel_id", "brief", ["workspace", "channel", "id"])
