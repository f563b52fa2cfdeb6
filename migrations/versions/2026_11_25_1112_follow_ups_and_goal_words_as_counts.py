"""Follow-up answers and words about goals that stay as a count when a person is erased"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "7d4e19b0c5f2"
down_revision = "b7d2f0c4a951"
branch_labels = None
depends_on = None

BACK = """
INSERT INTO goal_word
 (organization_id, enrollment_id, asked_at, goal_id, said, felt_speed, said_at, member_id)
SELECT w.organization_id, enrollment_id, asked_at, goal_id, said, felt_speed, said_at, member_id
FROM goal_word_before w
JOIN enrollment e ON e.organization_id = w.organization_id AND e.id = w.enrollment_id
"""
BACK_WITHOUT_MEMBERS = """
INSERT INTO goal_word
 (organization_id, enrollment_id, asked_at, goal_id, said, felt_speed, said_at)
SELECT organization_id, enrollment_id, asked_at, goal_id, said, felt_speed, said_at
FROM goal_word_after WHERE enrollment_id IS NOT NULL
"""


def upgrade() -> None:
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.alter_column(
            "enrollment_id", existing_type=portal.schema.Id(length=16), nullable=True
        )
    op.execute("CREATE TABLE goal_word_before AS SELECT * FROM goal_word")
    op.drop_table("goal_word")
    op.create_table(
        "goal_word",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        # The version that still runs meanwhile writes no id.
        sa.Column("id", portal.schema.Id(length=16), server_default=_new_id(), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=True),
        sa.Column("enrollment_id", portal.schema.Id(length=16), nullable=True),
        *_said(),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name="fk_goal_word_member",
        ),
        *_keys(),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_goal_word")),
        sa.UniqueConstraint(
            "organization_id",
            "enrollment_id",
            "asked_at",
            name=op.f("uq_goal_word_organization_id_enrollment_id_asked_at"),
        ),
        info={"distribute": "organization_id"},
    )
    with op.batch_alter_table("goal_word", schema=None) as batch_op:
        batch_op.create_index("ix_goal_word_member", ["organization_id", "member_id"])
    op.execute(BACK)
    op.drop_table("goal_word_before")


def downgrade() -> None:
    op.execute("CREATE TABLE goal_word_after AS SELECT * FROM goal_word")
    op.drop_table("goal_word")
    op.create_table(
        "goal_word",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("enrollment_id", portal.schema.Id(length=16), nullable=False),
        *_said(),
        *_keys(),
        sa.PrimaryKeyConstraint(
            "organization_id", "enrollment_id", "asked_at", name=op.f("pk_goal_word")
        ),
        info={"distribute": "organization_id"},
        sqlite_with_rowid=False,
    )
    op.execute(BACK_WITHOUT_MEMBERS)
    op.drop_table("goal_word_after")
    op.execute("DELETE FROM follow_up WHERE enrollment_id IS NULL")
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.alter_column(
            "enrollment_id", existing_type=portal.schema.Id(length=16), nullable=False
        )


def _new_id() -> sa.TextClause:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    return sa.text("(randomblob(16))" if is_sqlite else "gen_random_uuid()")


def _said() -> list[sa.Column]:
    return [
        sa.Column("asked_at", sa.String(length=20), nullable=False),
        sa.Column("goal_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("said", sa.String(length=20), nullable=False),
        sa.Column("felt_speed", sa.String(length=20), nullable=True),
        sa.Column("said_at", portal.schema.Moment(timezone=True), nullable=False),
    ]


def _keys() -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_word_goal_id")),
        sa.ForeignKeyConstraint(
            ["organization_id", "enrollment_id"],
            ["enrollment.organization_id", "enrollment.id"],
            name="fk_goal_word_enrollment",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_goal_word_organization_id")
        ),
    ]
