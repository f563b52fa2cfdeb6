"""What people allow: contact preferences, exports, erasures, looks at names"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "2d17b6d8043a"
down_revision = "b3d1c5a7e902"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refusal",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("at", portal.schema.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_refusal")),
        info={"distribute": "reference"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "contact_log",
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("person_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("message_class", sa.String(length=20), nullable=False),
        sa.Column("is_question", sa.Boolean(), nullable=False),
        sa.Column("at", portal.schema.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contact_log_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_log")),
        info={"distribute": "reference"},
    )
    with op.batch_alter_table("contact_log", schema=None) as batch_op:
        batch_op.create_index("ix_contact_log_person", ["person_id", "at"], unique=False)

    op.create_table(
        "contact_preferences",
        sa.Column("person_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("service", sa.Boolean(), nullable=False),
        sa.Column("success", sa.Boolean(), nullable=False),
        sa.Column("news", sa.Boolean(), nullable=False),
        sa.Column("left_alone_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("most_success", sa.SmallInteger(), nullable=True),
        sa.Column("most_questions", sa.SmallInteger(), nullable=True),
        sa.Column("changed_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contact_preferences_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_contact_preferences")),
        info={"distribute": "reference"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "name_access",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("caused_by", portal.schema.Id(length=16), nullable=True),
        sa.Column("given_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["caused_by"], ["person.id"], name=op.f("fk_name_access_caused_by")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_name_access_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_name_access")),
        info={"distribute": "organization_id"},
    )
    with op.batch_alter_table("name_access", schema=None) as batch_op:
        batch_op.create_index(
            "ix_name_access_running",
            ["organization_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "erasure",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("caused_by", portal.schema.Id(length=16), nullable=True),
        sa.Column("asked_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("due_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["caused_by"], ["person.id"], name=op.f("fk_erasure_caused_by")),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name="fk_erasure_member",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_erasure_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_erasure")),
        info={"distribute": "organization_id"},
    )
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.create_index("ix_erasure_member", ["organization_id", "member_id"], unique=True)

    op.create_table(
        "export",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("asked_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("ready_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.Column("expires_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name="fk_export_member",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_export_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_export")),
        info={"distribute": "organization_id"},
    )
    with op.batch_alter_table("export", schema=None) as batch_op:
        batch_op.create_index("ix_export_member", ["organization_id", "member_id"], unique=False)

    op.create_table(
        "staff_look",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("look_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("person_id", portal.schema.Id(length=16), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", portal.schema.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name="fk_staff_look_member",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_staff_look_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_staff_look_person_id")),
        sa.PrimaryKeyConstraint(
            "organization_id", "look_id", "member_id", name=op.f("pk_staff_look")
        ),
        info={"distribute": "organization_id"},
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("staff_look", schema=None) as batch_op:
        batch_op.create_index(
            "ix_staff_look_member", ["organization_id", "member_id"], unique=False
        )

    with op.batch_alter_table("csm_assignment", schema=None) as batch_op:
        batch_op.alter_column("caused_by", existing_type=portal.schema.Id(length=16), nullable=True)


def downgrade() -> None:
    with op.batch_alter_table("csm_assignment", schema=None) as batch_op:
        batch_op.alter_column(
            "caused_by", existing_type=portal.schema.Id(length=16), nullable=False
        )

    with op.batch_alter_table("staff_look", schema=None) as batch_op:
        batch_op.drop_index("ix_staff_look_member")

    op.drop_table("staff_look")
    with op.batch_alter_table("export", schema=None) as batch_op:
        batch_op.drop_index("ix_export_member")

    op.drop_table("export")
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.drop_index("ix_erasure_member")

    op.drop_table("erasure")
    with op.batch_alter_table("name_access", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_name_access_running",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.drop_table("name_access")
    op.drop_table("contact_preferences")
    with op.batch_alter_table("contact_log", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_log_person")

    op.drop_table("contact_log")
    op.drop_table("refusal")
