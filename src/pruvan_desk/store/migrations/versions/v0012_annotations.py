"""Annotations on photos, and the copies that carry them; what was sent is found by its SHA-256."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("items", sa.Column("annotations", sa.Text(), nullable=False, server_default=""))
    op.execute("ALTER TABLE items ADD COLUMN copy_of INTEGER REFERENCES items (id)")  # SQLite takes both in one only
    op.create_index("ix_items_copy_of", "items", ["copy_of"])
    op.create_index("ix_items_sent_sha256", "items", ["sent_sha256"])
    op.create_index("ix_relay_jobs_sent_sha256", "relay_jobs", ["sent_sha256"])
