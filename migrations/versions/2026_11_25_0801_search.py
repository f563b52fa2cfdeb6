"""What is searched, and what nobody found"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

import portal.schema

revision = "6147f50af5e8"
down_revision = "027f163ac52f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_entry",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("target_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("is_fallback", sa.Boolean(), nullable=False),
        sa.Column("guide_kind", sa.String(length=20), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("goal", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_of", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_entry")),
        sa.UniqueConstraint(
            "kind", "target_id", "language", name=op.f("uq_search_entry_kind_target_id_language")
        ),
        info={"distribute": "reference"},
    )
    with op.batch_alter_table("search_entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_search_entry_words", ["words"], unique=False, postgresql_using="gin"
        )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_words"
            " USING fts5(title, summary, body, tokenize='ascii', prefix='2 3')"
        )

    op.create_table(
        "customer_text",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("target_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("guide_id", portal.schema.Id(length=16), nullable=True),
        sa.Column("path_slug", sa.String(length=80), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["guide_id"], ["guide.id"], name=op.f("fk_customer_text_guide_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_customer_text_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_customer_text")),
        sa.UniqueConstraint(
            "organization_id",
            "kind",
            "target_id",
            name=op.f("uq_customer_text_organization_id_kind_target_id"),
        ),
        info={"distribute": "organization_id"},
    )
    op.create_table(
        "search_miss",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("words", sa.String(length=100), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name="fk_search_miss_member",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_search_miss_organization_id")
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "member_id", "words", name=op.f("pk_search_miss")
        ),
        info={"distribute": "organization_id"},
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_table("search_words")
    op.drop_table("search_miss")
    op.drop_table("customer_text")
    with op.batch_alter_table("search_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_search_entry_words", postgresql_using="gin")

    op.drop_table("search_entry")
