"""Who answers for a customer"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "7e9ea80147ad"
down_revision = "76db199ff7a9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "csm_assignment",
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("person_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("caused_by", portal.schema.Id(length=16), nullable=False),
        sa.Column("starts_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("ends_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["caused_by"], ["person.id"], name=op.f("fk_csm_assignment_caused_by")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_csm_assignment_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_csm_assignment_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_csm_assignment")),
        info={"distribute": "reference"},
    )
    with op.batch_alter_table("csm_assignment", schema=None) as batch_op:
        batch_op.create_index("ix_csm_assignment_person", ["person_id"], unique=False)
        batch_op.create_index(
            "ix_csm_assignment_running",
            ["organization_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("ends_at IS NULL"),
            postgresql_where=sa.text("ends_at IS NULL"),
        )

    op.create_table(
        "last_seen",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("at", portal.schema.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_last_seen_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "member_id", name=op.f("pk_last_seen")),
        info={"distribute": "reference"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stand_in",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("person_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("asked_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.Column("given_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.Column("caused_by", portal.schema.Id(length=16), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("ended_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["caused_by"], ["person.id"], name=op.f("fk_stand_in_caused_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_stand_in_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_stand_in_person_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_stand_in")),
        info={"distribute": "organization_id"},
    )
    with op.batch_alter_table("stand_in", schema=None) as batch_op:
        batch_op.create_index(
            "ix_stand_in_running",
            ["organization_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_stand_in", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_column("is_stand_in")

    with op.batch_alter_table("stand_in", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_stand_in_running",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.drop_table("stand_in")
    op.drop_table("last_seen")
    with op.batch_alter_table("csm_assignment", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_csm_assignment_running",
            sqlite_where=sa.text("ends_at IS NULL"),
            postgresql_where=sa.text("ends_at IS NULL"),
        )
        batch_op.drop_index("ix_csm_assignment_person")

    op.drop_table("csm_assignment")
