"""The address that a link leads to"""

import sqlalchemy as sa
from alembic import op

revision = "a4c61f0e93d7"
down_revision = "c6575388b107"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("link", sa.Column("email", sa.String(length=320), nullable=True))


def downgrade() -> None:
    op.drop_column("link", "email")
