"""Figures of guides, and what authors answer to comments"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "a528db990ffd"
down_revision = "c41f0d9e7a36"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guide_figure",
        sa.Column("guide_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("opened_lately", sa.Integer(), nullable=False),
        sa.Column("yes", sa.Integer(), nullable=False),
        sa.Column("partly", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("already", sa.Integer(), nullable=False),
        sa.Column("not_for_me", sa.Integer(), nullable=False),
        sa.Column("on_guide", sa.Integer(), nullable=False),
        sa.Column("on_guide_needed", sa.Integer(), nullable=False),
        sa.Column("on_guide_yes", sa.Integer(), nullable=False),
        sa.Column("later", sa.Integer(), nullable=False),
        sa.Column("later_needed", sa.Integer(), nullable=False),
        sa.Column("later_yes", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("comments_open", sa.Integer(), nullable=False),
        sa.Column("success", sa.Double(), nullable=True),
        sa.Column("counted_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["guide_id"], ["guide.id"], name=op.f("fk_guide_figure_guide_id")),
        sa.PrimaryKeyConstraint("guide_id", "is_sample", name=op.f("pk_guide_figure")),
        info={"distribute": "reference"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "revision_figure",
        sa.Column("revision_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("guide_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("opened_lately", sa.Integer(), nullable=False),
        sa.Column("yes", sa.Integer(), nullable=False),
        sa.Column("partly", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("already", sa.Integer(), nullable=False),
        sa.Column("not_for_me", sa.Integer(), nullable=False),
        sa.Column("on_guide", sa.Integer(), nullable=False),
        sa.Column("on_guide_needed", sa.Integer(), nullable=False),
        sa.Column("on_guide_yes", sa.Integer(), nullable=False),
        sa.Column("later", sa.Integer(), nullable=False),
        sa.Column("later_needed", sa.Integer(), nullable=False),
        sa.Column("later_yes", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("comments_open", sa.Integer(), nullable=False),
        sa.Column("success", sa.Double(), nullable=True),
        sa.Column("counted_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["guide_id"], ["guide.id"], name=op.f("fk_revision_figure_guide_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_revision_figure_revision_id")
        ),
        sa.PrimaryKeyConstraint("revision_id", "is_sample", name=op.f("pk_revision_figure")),
        info={"distribute": "reference"},
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("revision_figure", schema=None) as batch_op:
        batch_op.create_index("ix_revision_figure_guide", ["guide_id"], unique=False)

    op.create_table(
        "comment_reply",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("outcome_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("person_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("changed_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("told_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.Column("read_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name="fk_comment_reply_member",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "outcome_id"],
            ["outcome.organization_id", "outcome.id"],
            name="fk_comment_reply_outcome",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_comment_reply_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_comment_reply_person_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "outcome_id", name=op.f("pk_comment_reply")),
        info={"distribute": "organization_id"},
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("comment_reply", schema=None) as batch_op:
        batch_op.create_index(
            "ix_comment_reply_member", ["organization_id", "member_id"], unique=False
        )

    with op.batch_alter_table("opening", schema=None) as batch_op:
        batch_op.create_index("ix_opening_guide", ["guide_id"], unique=False)

    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.create_index("ix_outcome_guide", ["guide_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.drop_index("ix_outcome_guide")

    with op.batch_alter_table("opening", schema=None) as batch_op:
        batch_op.drop_index("ix_opening_guide")

    with op.batch_alter_table("comment_reply", schema=None) as batch_op:
        batch_op.drop_index("ix_comment_reply_member")

    op.drop_table("comment_reply")
    with op.batch_alter_table("revision_figure", schema=None) as batch_op:
        batch_op.drop_index("ix_revision_figure_guide")

    op.drop_table("revision_figure")
    op.drop_table("guide_figure")
