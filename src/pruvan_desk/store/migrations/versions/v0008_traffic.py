"""The engine says what is on its way."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("engine_state", sa.Column("traffic", sa.JSON(), nullable=False, server_default="{}"))
