"""Which USM sees only one team, from when to when"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "8f1d2c6b7a34"
down_revision = "7e9ea80147ad"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "team_limit",
        sa.Column("organization_id", portal.schema.Id(), nullable=False),
        sa.Column("member_id", portal.schema.Id(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("team_id", portal.schema.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name="fk_team_limit_member",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "team_id"],
            ["team.organization_id", "team.id"],
            name="fk_team_limit_team",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name="fk_team_limit_organization_id"
        ),
        sa.PrimaryKeyConstraint("organization_id", "member_id", "starts_on", name="pk_team_limit"),
        info={"distribute": "organization_id"},
    )
    op.create_index("ix_team_limit_team", "team_limit", ["organization_id", "team_id"])


def downgrade() -> None:
    op.drop_index("ix_team_limit_team", table_name="team_limit")
    op.drop_table("team_limit")
