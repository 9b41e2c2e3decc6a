"""How an integration's portal is signed in to, and which other sites belong to it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COLUMNS = {
    "portal_sign_in": "",
    "portal_login_url": "",
    "portal_username_field": "username",
    "portal_password_field": "password",
    "portal_header": "",
    "portal_origins": "",
    "portal_subresources": "",
}


def upgrade() -> None:
    for name, default in COLUMNS.items():
        op.add_column("integrations", sa.Column(name, sa.Text(), nullable=False, server_default=default))
