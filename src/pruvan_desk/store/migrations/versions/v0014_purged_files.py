"""Files that were removed 30 days after everything that had them was deleted keep their row."""

import sqlalchemy as sa
from alembic import op

from pruvan_desk.store.types import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("files", sa.Column("purged_at", UtcDateTime()))
