"""Survey forms are filled in in the office: drafts, and which rework has been answered."""

import sqlalchemy as sa
from alembic import op

from pruvan_desk.store.types import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tasks", sa.Column("rework_answered", sa.Text(), nullable=False, server_default=""))
    named = sa.text("survey_id != ''")
    op.create_index("ix_tasks_surveys", "tasks", ["project_id"], sqlite_where=named, postgresql_where=named)
    op.create_table(
        "survey_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("base_item_id", sa.Integer()),
        sa.Column("base_revision", sa.Integer(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["base_item_id"], ["items.id"]),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("task_id"),
    )
