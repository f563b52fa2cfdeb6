"""People asked to follow a path, and what a success manager puts off"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "8fe6406b8a44"
down_revision = "a4c61f0e93d7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "today_put_off",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("person_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_today_put_off_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_today_put_off_person_id")
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "person_id", "kind", "subject_id", name=op.f("pk_today_put_off")
        ),
        info={"distribute": "organization_id"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "bulk_enrollment",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("path_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("person_id", portal.schema.Id(length=16), nullable=True),
        sa.Column("made_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("undone_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_bulk_enrollment_organization_id"),
        ),
        sa.ForeignKeyConstraint(["path_id"], ["path.id"], name=op.f("fk_bulk_enrollment_path_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_bulk_enrollment_person_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_bulk_enrollment")),
        info={"distribute": "organization_id"},
    )
    with op.batch_alter_table("bulk_enrollment", schema=None) as batch_op:
        batch_op.create_index(
            "ix_bulk_enrollment_made", ["organization_id", "person_id", "made_at"], unique=False
        )

    op.create_table(
        "bulk_enrolled",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("bulk_enrollment_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("enrollment_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("due_before", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "bulk_enrollment_id"],
            ["bulk_enrollment.organization_id", "bulk_enrollment.id"],
            name="fk_bulk_enrolled_bulk_enrollment",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name="fk_bulk_enrolled_member",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_bulk_enrolled_organization_id")
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "bulk_enrollment_id", "member_id", name=op.f("pk_bulk_enrolled")
        ),
        info={"distribute": "organization_id"},
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("bulk_enrolled")
    with op.batch_alter_table("bulk_enrollment", schema=None) as batch_op:
        batch_op.drop_index("ix_bulk_enrollment_made")

    op.drop_table("bulk_enrollment")
    op.drop_table("today_put_off")
