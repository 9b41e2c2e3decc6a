"""Each destination of an item has its own outcome: where an item was published to, and what each destination took."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (("items", "destinations"), ("relay_jobs", "sent_sha256"), ("relay_jobs", "place")):
        op.add_column(table, sa.Column(column, sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE items SET destinations = 'client' WHERE state IN ('queued', 'relaying', 'published', 'failed')")
    op.execute(
        "UPDATE relay_jobs SET sent_sha256 ="
        " (SELECT items.sent_sha256 FROM items WHERE items.id = relay_jobs.item_id AND items.revision = relay_jobs.revision)"
        " WHERE state = 'done' AND EXISTS"
        " (SELECT 1 FROM items WHERE items.id = relay_jobs.item_id AND items.revision = relay_jobs.revision)"
    )
