"""Notes that an organization pins to guides and steps"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "bb832df17002"
down_revision = "8fe6406b8a44"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pinned_note",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("guide_id", portal.schema.Id(length=16), nullable=True),
        sa.Column("step_id", portal.schema.Id(length=16), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person_id", portal.schema.Id(length=16), nullable=True),
        sa.Column("written_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("removed_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(guide_id IS NULL) <> (step_id IS NULL)", name=op.f("ck_pinned_note_one_place")
        ),
        sa.ForeignKeyConstraint(["guide_id"], ["guide.id"], name=op.f("fk_pinned_note_guide_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_pinned_note_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_pinned_note_person_id")
        ),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_pinned_note_step_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_pinned_note")),
        sa.UniqueConstraint(
            "organization_id", "guide_id", name=op.f("uq_pinned_note_organization_id_guide_id")
        ),
        sa.UniqueConstraint(
            "organization_id", "step_id", name=op.f("uq_pinned_note_organization_id_step_id")
        ),
        info={"distribute": "organization_id"},
    )


def downgrade() -> None:
    op.drop_table("pinned_note")
