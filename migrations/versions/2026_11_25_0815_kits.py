"""Kits, what is filled into them, and what is taken away"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "c6575388b107"
down_revision = "d46723a10d0a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kit",
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("maintainer", sa.String(length=120), nullable=False),
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("withdrawn_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit")),
        sa.UniqueConstraint("slug", name=op.f("uq_kit_slug")),
        info={"distribute": "reference"},
    )
    op.create_table(
        "kit_document",
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("kit_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("filled_by", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("withdrawn_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["kit_id"], ["kit.id"], name=op.f("fk_kit_document_kit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_document")),
        sa.UniqueConstraint("kit_id", "slug", name=op.f("uq_kit_document_kit_id_slug")),
        info={"distribute": "reference"},
    )
    op.create_table(
        "kit_entry",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("document_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("owner", sa.String(length=36), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changed_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["kit_document.id"], name=op.f("fk_kit_entry_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name="fk_kit_entry_member",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_kit_entry_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_kit_entry")),
        sa.UniqueConstraint(
            "organization_id",
            "document_id",
            "owner",
            name=op.f("uq_kit_entry_organization_id_document_id_owner"),
        ),
        info={"distribute": "organization_id"},
    )
    op.create_table(
        "kit_pdf",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("document_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("sheet", sa.JSON(), nullable=False),
        sa.Column("asked_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["kit_document.id"], name=op.f("fk_kit_pdf_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name="fk_kit_pdf_member",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_kit_pdf_organization_id")
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "member_id", "document_id", name=op.f("pk_kit_pdf")
        ),
        info={"distribute": "organization_id"},
    )


def downgrade() -> None:
    op.drop_table("kit_pdf")
    op.drop_table("kit_entry")
    op.drop_table("kit_document")
    op.drop_table("kit")
