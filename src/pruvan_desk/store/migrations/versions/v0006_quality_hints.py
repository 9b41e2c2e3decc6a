"""What was measured in photos, what it hints at, and which times are a camera's clock alone."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photo_measures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("sharpness", sa.Double(), nullable=True),
        sa.Column("brightest", sa.Double(), nullable=False),
        sa.Column("middle", sa.Double(), nullable=False),
        sa.Column("white", sa.Double(), nullable=False),
        sa.Column("flat", sa.Double(), nullable=False),
        sa.Column("moire", sa.Double(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["sha256"], ["files.sha256"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256"),
    )
    op.add_column("items", sa.Column("zone_assumed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("items", sa.Column("camera", sa.Text(), nullable=False, server_default=""))
    op.add_column("items", sa.Column("hinted", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("items", sa.Column("hints", sa.JSON(none_as_null=True), nullable=True))
    op.execute("UPDATE items SET hinted = false WHERE sha256 IS NOT NULL")  # photos of before are looked into as well
    op.create_index("ix_items_unhinted", "items", ["hinted"])
