"""Paths in several languages, and titles by language where lists pick them"""

import sqlalchemy as sa
from alembic import op

revision = "3a8c5e1f7b26"
down_revision = "5d2f7c0a91e4"
branch_labels = None
depends_on = None

BY_LANGUAGE = {
    "goal": ("titles",),
    "path": ("titles", "translations"),
    "step": ("titles", "translations"),
}


def upgrade() -> None:
    for table, columns in BY_LANGUAGE.items():
        for name in columns:
            column = sa.Column(name, sa.JSON(), server_default="{}", nullable=False)
            op.add_column(table, column)
    language = sa.Column("language", sa.String(length=20), server_default="en", nullable=False)
    op.add_column("path", language)


def downgrade() -> None:
    op.drop_column("path", "language")
    for table, columns in BY_LANGUAGE.items():
        for name in columns:
            op.drop_column(table, name)
