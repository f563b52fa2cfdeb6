"""For whom a path is"""

import sqlalchemy as sa
from alembic import op

revision = "c41be27d90a6"
down_revision = "3fd9030f8eff"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("audience", sa.String(20), server_default="everybody", nullable=False)
    op.add_column("path", column)


def downgrade() -> None:
    with op.batch_alter_table("path", schema=None) as batch_op:
        batch_op.drop_column("audience")
