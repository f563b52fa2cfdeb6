"""Senders of mails by name"""

import sqlalchemy as sa
from alembic import op

revision = "5e9a2c7d4b13"
down_revision = "8c1b4e6f2a70"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "message", sa.Column("sender_name", sa.String(300), server_default="", nullable=False)
    )


def downgrade() -> None:
    with op.batch_alter_table("message") as batch:
        batch.drop_column("sender_name")
