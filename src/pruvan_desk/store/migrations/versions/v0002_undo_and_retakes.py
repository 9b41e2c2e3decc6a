"""Deeds that can be undone, retakes, and the date of a deletion."""

import sqlalchemy as sa
from alembic import op

from pruvan_desk.store.types import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retakes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("evidence_type", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("status_before", sa.Text(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_retakes_project", "retakes", ["project_id"])
    op.create_index("ix_retakes_item", "retakes", ["item_id"])
    op.add_column("items", sa.Column("deleted_at", UtcDateTime(), nullable=True))
    op.add_column("projects", sa.Column("rework_client_status", sa.Text(), nullable=True))
    op.add_column("item_edits", sa.Column("step", sa.Text(), nullable=False, server_default=""))
    op.add_column("item_edits", sa.Column("undone_by", sa.Integer(), nullable=True))
    op.execute("UPDATE item_edits SET step = 'edit-' || id")  # what was done before can be undone one by one
    op.create_index("ix_item_edits_step", "item_edits", ["step"])
    op.create_index("ix_item_edits_who", "item_edits", ["who", "undone_by"])
