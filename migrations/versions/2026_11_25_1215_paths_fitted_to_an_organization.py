"""Paths that an organization fits to itself"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "5d2f7c0a91e4"
down_revision = "7d4e19b0c5f2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fitted_path",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("path_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("previous", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("steps_total", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_fitted_path_organization_id")
        ),
        sa.ForeignKeyConstraint(["path_id"], ["path.id"], name=op.f("fk_fitted_path_path_id")),
        sa.PrimaryKeyConstraint("organization_id", "path_id", name=op.f("pk_fitted_path")),
        info={"distribute": "organization_id"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "fitted_step",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("step_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("path_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("is_left_out", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_fitted_step_organization_id")
        ),
        sa.ForeignKeyConstraint(["path_id"], ["path.id"], name=op.f("fk_fitted_step_path_id")),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_fitted_step_step_id")),
        sa.PrimaryKeyConstraint("organization_id", "step_id", name=op.f("pk_fitted_step")),
        info={"distribute": "organization_id"},
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("fitted_step", schema=None) as batch_op:
        batch_op.create_index("ix_fitted_step_path", ["organization_id", "path_id"])

    # None until counted the next time: the vendor's path then says how many steps there are.
    with op.batch_alter_table("enrollment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("steps_total", sa.SmallInteger(), nullable=True))
        batch_op.add_column(sa.Column("next_number", sa.SmallInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("enrollment", schema=None) as batch_op:
        batch_op.drop_column("next_number")
        batch_op.drop_column("steps_total")

    with op.batch_alter_table("fitted_step", schema=None) as batch_op:
        batch_op.drop_index("ix_fitted_step_path")

    op.drop_table("fitted_step")
    op.drop_table("fitted_path")
