"""Sources on the web: watched addresses, what people chose, items, what became of them, and their trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DUE = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("document", sa.Column("baseline", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "watched",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("next_check_at", sa.Text),
        sa.Column("interval_s", sa.Float, nullable=False),
        sa.Column("items_a_day", sa.Float, nullable=False),
        sa.Column("added_at", sa.Text, nullable=False),
        sa.Column("checked_at", sa.Text),
        sa.Column("succeeded_at", sa.Text),
        sa.Column("changed_at", sa.Text),
        sa.Column("etag", sa.Text, nullable=False),
        sa.Column("last_modified", sa.Text, nullable=False),
        sa.Column("content_sha256", sa.Text, nullable=False),
        sa.Column("moved_to", sa.Text, nullable=False),
        sa.Column("moved_times", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("link", sa.Text, nullable=False),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("lease_holder", sa.Text, nullable=False),
        sa.Column("lease_until", sa.Text),
        sa.Column("memory", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_watched"),
        sa.UniqueConstraint("kind", "address", name="uq_watched_kind_address"),
    )
    op.create_index("ix_watched_lease_until", "watched", ["lease_until"])
    op.create_index("ix_watched_next_check_at", "watched", ["next_check_at"])
    op.create_table(
        "source_choice",
        sa.Column("source_id", KEY, autoincrement=False, nullable=False),
        sa.Column("watched_id", KEY, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("full_articles", sa.Boolean, nullable=False),
        sa.Column("filters", sa.Text, nullable=False),
        sa.Column("post", sa.Text, nullable=False),
        sa.Column("added_at", sa.Text, nullable=False),
        sa.Column("added_by", sa.Text, nullable=False),
        sa.Column("paused_until", sa.Text),
        sa.Column("paused_by", sa.Text, nullable=False),
        sa.Column("removed_at", sa.Text),
        sa.Column("removed_by", sa.Text, nullable=False),
        sa.Column("erased", sa.Boolean, nullable=False),
        sa.Column("undo_until", sa.Text),
        sa.Column("started_at", sa.Text),
        sa.Column("needs_body", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("source_id", name="pk_source_choice"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_source_choice_source_id_source"),
        sa.ForeignKeyConstraint(["watched_id"], ["watched.id"], name="fk_source_choice_watched_id_watched"),
    )
    op.create_index("ix_source_choice_watched_id", "source_choice", ["watched_id"])
    op.create_table(
        "item",
        sa.Column("id", KEY, nullable=False),
        sa.Column("watched_id", KEY, nullable=False),
        sa.Column("guid_key", sa.Text, nullable=False),
        sa.Column("link_key", sa.Text, nullable=False),
        sa.Column("text_key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("published", sa.Text),
        sa.Column("first_seen", sa.Text, nullable=False),
        sa.Column("last_seen", sa.Text, nullable=False),
        sa.Column("seen_times", sa.Integer, nullable=False),
        sa.Column("said_sha256", sa.Text, nullable=False),
        sa.Column("words_sha256", sa.Text, nullable=False),
        sa.Column("redated", sa.Integer, nullable=False),
        sa.Column("due_at", sa.Text),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("claims", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("lease_holder", sa.Text, nullable=False),
        sa.Column("lease_until", sa.Text),
        sa.Column("guid", sa.Text, nullable=False),
        sa.Column("link", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_item"),
        sa.ForeignKeyConstraint(["watched_id"], ["watched.id"], name="fk_item_watched_id_watched"),
    )
    op.create_index("ix_item_due", "item", ["turn", "due_at"], sqlite_where=DUE, postgresql_where=DUE)
    op.create_index("ix_item_lease_until", "item", ["lease_until"])
    op.create_index("ix_item_link_key", "item", ["link_key"])
    op.create_index("ix_item_watched_id_guid_key", "item", ["watched_id", "guid_key"])
    op.create_index("ix_item_watched_id_link_key", "item", ["watched_id", "link_key"])
    op.create_index("ix_item_watched_id_text_key", "item", ["watched_id", "text_key"])
    op.create_index("uq_item_watched_id_name", "item", ["watched_id", "name"], unique=True)
    op.create_table(
        "item_outcome",
        sa.Column("item_id", KEY, autoincrement=False, nullable=False),
        sa.Column("source_id", KEY, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("baseline", sa.Boolean, nullable=False),
        sa.Column("document_id", KEY),
        sa.Column("at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("item_id", "source_id", name="pk_item_outcome"),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_item_outcome_item_id_item"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_item_outcome_source_id_source"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_item_outcome_document_id_document"),
    )
    op.create_index("ix_item_outcome_document_id", "item_outcome", ["document_id"])
    op.create_index("ix_item_outcome_source_id_state", "item_outcome", ["source_id", "state"])
    op.create_table(
        "trail",
        sa.Column("id", KEY, nullable=False),
        sa.Column("watched_id", KEY, nullable=False),
        sa.Column("item_id", KEY),
        sa.Column("source_id", KEY),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trail"),
        sa.ForeignKeyConstraint(["watched_id"], ["watched.id"], name="fk_trail_watched_id_watched"),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_trail_item_id_item"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_trail_source_id_source"),
    )
    op.create_index("ix_trail_item_id_id", "trail", ["item_id", "id"])
    op.create_index("ix_trail_watched_id_id", "trail", ["watched_id", "id"])
