"""Integrations: interval, push key, importing all orders again; progress of import runs; survey tasks without a form by index."""

import sqlalchemy as sa
from alembic import op

from pruvan_desk.store.types import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WITHOUT_FORM = sa.text("survey_template_id IS NULL AND survey_id != ''")


def upgrade() -> None:
    op.add_column("integrations", sa.Column("refresh_minutes", sa.Integer(), nullable=False, server_default="10"))
    op.add_column("integrations", sa.Column("push_key_sha256", sa.Text(), nullable=False, server_default=""))
    op.add_column("import_runs", sa.Column("total", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("import_runs", sa.Column("done", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "reimports",
        sa.Column("integration_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("closed_too", sa.Boolean(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["integration_id"], ["integrations.id"]),
        sa.PrimaryKeyConstraint("integration_id"),
    )
    op.create_index(
        "ix_tasks_without_form",
        "tasks",
        ["project_id"],
        unique=False,
        sqlite_where=WITHOUT_FORM,
        postgresql_where=WITHOUT_FORM,
    )
    _move_the_interval()


def _move_the_interval() -> None:
    """There was one interval for all integrations; each has its own now, of at most an hour."""
    connection = op.get_bind()
    settings = sa.table("settings", sa.column("name", sa.Text()), sa.column("value", sa.Text()))
    integrations = sa.table("integrations", sa.column("refresh_minutes", sa.Integer()))
    kept = connection.scalar(sa.select(settings.c.value).where(settings.c.name == "refresh_minutes"))
    if kept is not None:
        minutes = float(kept)
        whole = 0 if minutes == 0 else min(60, max(1, round(minutes)))
        connection.execute(sa.update(integrations).values(refresh_minutes=whole))
        connection.execute(sa.delete(settings).where(settings.c.name == "refresh_minutes"))
