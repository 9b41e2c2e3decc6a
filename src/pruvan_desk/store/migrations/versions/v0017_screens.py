"""Screens and overexposed photos are told by other measures: all photos are looked into anew.

Their hints stay as they are until then. What was measured before means something else, and goes.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM photo_measures")
    op.execute("ALTER TABLE photo_measures RENAME COLUMN white TO clipped")
    op.execute("UPDATE items SET hinted = false WHERE sha256 IS NOT NULL")
