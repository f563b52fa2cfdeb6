"""Files of people on their way into an organization"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "027f163ac52f"
down_revision = "c41be27d90a6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people_import",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("person_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("limited_to", portal.schema.Id(length=16), nullable=True),
        sa.Column("roles_to_give", sa.String(length=80), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("encoding", sa.String(length=40), nullable=False),
        sa.Column("delimiter", sa.String(length=1), nullable=False),
        sa.Column("ignored", sa.JSON(), nullable=False),
        sa.Column("is_everybody", sa.Boolean(), nullable=False),
        sa.Column("sends_mail", sa.Boolean(), nullable=False),
        sa.Column("is_ready", sa.Boolean(), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("created_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("started_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.Column("finished_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_people_import_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_people_import_person_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_people_import")),
        info={"distribute": "organization_id"},
    )
    with op.batch_alter_table("people_import", schema=None) as batch_op:
        batch_op.create_index(
            "ix_people_import_created", ["organization_id", "created_at"], unique=False
        )

    op.create_table(
        "import_row",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("import_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "import_id"],
            ["people_import.organization_id", "people_import.id"],
            name="fk_import_row_import",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_import_row_organization_id")
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "import_id", "number", name=op.f("pk_import_row")
        ),
        info={"distribute": "organization_id"},
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.create_index(
            "ix_import_row_verdict",
            ["organization_id", "import_id", "verdict", "number"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.drop_index("ix_import_row_verdict")

    op.drop_table("import_row")
    with op.batch_alter_table("people_import", schema=None) as batch_op:
        batch_op.drop_index("ix_people_import_created")

    op.drop_table("people_import")
