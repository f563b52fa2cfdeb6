"""How far the sample is loaded"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "8c1b4e6f2a70"
down_revision = "3a8c5e1f7b26"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sample_load",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("begun_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("chunks_done", sa.Integer(), nullable=False),
        sa.Column("finished_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_sample_load_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_sample_load")),
        info={"distribute": "reference"},
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("sample_load")
