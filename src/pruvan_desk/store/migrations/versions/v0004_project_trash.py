"""Projects can be in the trash."""

import sqlalchemy as sa
from alembic import op

from pruvan_desk.store.types import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("projects", sa.Column("deleted_at", UtcDateTime(), nullable=True))
    op.create_index("ix_projects_deleted", "projects", ["deleted_at"], unique=False)
