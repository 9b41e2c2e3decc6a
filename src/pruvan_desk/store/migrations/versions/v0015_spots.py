"""By what a photo is found that another was cut from. All photos are measured anew: none has it yet."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM photo_measures")
    op.add_column("photo_measures", sa.Column("spots", sa.LargeBinary(), nullable=True))
    op.execute("UPDATE items SET hinted = false WHERE sha256 IS NOT NULL")
