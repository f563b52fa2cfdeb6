"""What guides ask, and how they are kept"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "48dfc75eff97"
down_revision = "5c0e7a9d41b2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "published_content",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_content")),
        info={"distribute": "reference"},
    )
    op.create_table(
        "guide_pdf",
        sa.Column("revision_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("made_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_guide_pdf_revision_id")
        ),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_guide_pdf")),
        info={"distribute": "reference"},
    )
    op.add_column("current_revision", sa.Column("render_key", sa.String(64), nullable=True))
    op.add_column("goal", sa.Column("translations", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("revision", sa.Column("if_then", sa.Text(), nullable=True))
    op.add_column("revision", sa.Column("follow_up_question", sa.Text(), nullable=True))
    op.add_column("revision", sa.Column("features", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("revision", "features")
    op.drop_column("revision", "follow_up_question")
    op.drop_column("revision", "if_then")
    op.drop_column("goal", "translations")
    op.drop_column("current_revision", "render_key")
    op.drop_table("guide_pdf")
    op.drop_table("published_content")
