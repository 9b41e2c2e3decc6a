"""Tasks that Desk itself adds: the checklist of a Check In."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tasks", sa.Column("added_here", sa.Boolean(), nullable=False, server_default=sa.false()))
