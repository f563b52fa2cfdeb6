"""When backups were made"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "b3d1c5a7e902"
down_revision = "8f1d2c6b7a34"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backup_run",
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("made_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("file", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_run")),
        info={"distribute": "reference"},
    )


def downgrade() -> None:
    op.drop_table("backup_run")
