"""Each integration names where released items go; until now that was the client."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("integrations", sa.Column("released_to", sa.Text(), nullable=False, server_default="client"))
