"""Answers told by mail"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "b7d20e5c9f41"
down_revision = "5e9a2c7d4b13"
branch_labels = None
depends_on = None

NEW = ("answer_mailed_at", "mending_mailed_at")


def upgrade() -> None:
    for name in NEW:
        moment = portal.schema.Moment(timezone=True)
        op.add_column("comment_reply", sa.Column(name, moment, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("comment_reply") as batch:
        for name in NEW:
            batch.drop_column(name)
