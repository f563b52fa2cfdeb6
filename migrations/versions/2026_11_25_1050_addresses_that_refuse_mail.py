"""Addresses that refuse mail, as each organization met them"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "b7d2f0c4a951"
down_revision = "a528db990ffd"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bounce",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("person_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("address_key", sa.String(length=320), nullable=False),
        sa.Column("since", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_bounce_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_bounce_person_id")),
        sa.PrimaryKeyConstraint(
            "organization_id", "person_id", "address_key", name=op.f("pk_bounce")
        ),
        info={"distribute": "organization_id"},
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("bounce")
