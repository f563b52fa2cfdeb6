"""When a person first showed that they read their mail"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "5c0e7a9d41b2"
down_revision = "f237b3d3c5be"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "person", sa.Column("proved_at", portal.schema.Moment(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("person", "proved_at")
