"""First steps that somebody has put away; the audit log of every organization, in order"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "c41f0d9e7a36"
down_revision = "bb832df17002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "first_steps_dismissal",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("dismissed_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name="fk_first_steps_dismissal_member",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_first_steps_dismissal_organization_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "member_id", "kind", name=op.f("pk_first_steps_dismissal")
        ),
        sqlite_with_rowid=False,
        info={"distribute": "organization_id"},
    )
    op.create_index("ix_audit_entry_id", "audit_entry", ["id"])


def downgrade() -> None:
    op.drop_index("ix_audit_entry_id", "audit_entry")
    op.drop_table("first_steps_dismissal")
