"""Requests for help"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "3fd9030f8eff"
down_revision = "2d17b6d8043a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "help_request",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("guide_id", portal.schema.Id(length=16), nullable=True),
        sa.Column("revision_id", portal.schema.Id(length=16), nullable=True),
        sa.Column("step_id", portal.schema.Id(length=16), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("waiting_since", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("goes_up_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.Column("went_up_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.Column("went_up_why", sa.String(length=20), nullable=True),
        sa.Column("closed_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.Column("helped", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["guide_id"], ["guide.id"], name=op.f("fk_help_request_guide_id")),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name="fk_help_request_member",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_help_request_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_help_request_revision_id")
        ),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_help_request_step_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_help_request")),
        info={"distribute": "organization_id"},
    )
    with op.batch_alter_table("help_request", schema=None) as batch_op:
        batch_op.create_index(
            "ix_help_request_member", ["organization_id", "member_id"], unique=False
        )
        batch_op.create_index(
            "ix_help_request_state", ["organization_id", "state", "id"], unique=False
        )

    op.create_table(
        "help_message",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("help_request_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("person_id", portal.schema.Id(length=16), nullable=True),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("sent_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "help_request_id"],
            ["help_request.organization_id", "help_request.id"],
            name="fk_help_message_help_request",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_help_message_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_help_message_person_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_help_message")),
        info={"distribute": "organization_id"},
    )
    with op.batch_alter_table("help_message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_help_message_help_request",
            ["organization_id", "help_request_id", "id"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("help_message", schema=None) as batch_op:
        batch_op.drop_index("ix_help_message_help_request")

    op.drop_table("help_message")
    with op.batch_alter_table("help_request", schema=None) as batch_op:
        batch_op.drop_index("ix_help_request_state")
        batch_op.drop_index("ix_help_request_member")

    op.drop_table("help_request")
