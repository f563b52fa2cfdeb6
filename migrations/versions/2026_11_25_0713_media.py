"""Files that people upload"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "76db199ff7a9"
down_revision = "48dfc75eff97"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "media",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("removed_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.CheckConstraint("size > 0", name=op.f("ck_media_size")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_media_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_media")),
        info={"distribute": "organization_id"},
    )


def downgrade() -> None:
    op.drop_table("media")
