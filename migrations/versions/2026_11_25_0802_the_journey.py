"""The journey: other kinds of steps, plans, ease, goals in one's own word, follow-ups"""

import sqlalchemy as sa
from alembic import op

import portal.schema

revision = "d46723a10d0a"
down_revision = "6147f50af5e8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "if_then",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("guide_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("line", sa.String(length=300), nullable=False),
        sa.Column("written_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["guide_id"], ["guide.id"], name=op.f("fk_if_then_guide_id")),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name="fk_if_then_member",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_if_then_organization_id")
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "member_id", "guide_id", name=op.f("pk_if_then")
        ),
        info={"distribute": "organization_id"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "check_try",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("step_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("tried_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name="fk_check_try_member",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_check_try_organization_id")
        ),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_check_try_step_id")),
        sa.PrimaryKeyConstraint(
            "organization_id", "member_id", "step_id", name=op.f("pk_check_try")
        ),
        info={"distribute": "organization_id"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ease",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=True),
        sa.Column("revision_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("is_drawn", sa.Boolean(), nullable=False),
        sa.Column("drawn_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("ease", sa.SmallInteger(), nullable=True),
        sa.Column("answered_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.CheckConstraint("ease BETWEEN 1 AND 7", name=op.f("ck_ease_ease")),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name="fk_ease_member",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_ease_organization_id")
        ),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_ease_revision_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_ease")),
        sa.UniqueConstraint(
            "organization_id",
            "member_id",
            "revision_id",
            name=op.f("uq_ease_organization_id_member_id_revision_id"),
        ),
        info={"distribute": "organization_id"},
    )
    op.create_index("ix_ease_revision", "ease", ["organization_id", "revision_id"], unique=False)

    op.create_table(
        "session_place",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("step_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("starts_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("taken_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("given_up_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name="fk_session_place_member",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_session_place_organization_id")
        ),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_session_place_step_id")),
        sa.PrimaryKeyConstraint(
            "organization_id", "member_id", "step_id", "starts_at", name=op.f("pk_session_place")
        ),
        info={"distribute": "organization_id"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "session_places",
        sa.Column("step_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("starts_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("taken", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_session_places_taken")),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_session_places_step_id")),
        sa.PrimaryKeyConstraint("step_id", "starts_at", name=op.f("pk_session_places")),
        info={"distribute": "reference"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "follow_up",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("id", portal.schema.Id(length=16), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=True),
        sa.Column("enrollment_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("step_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("revision_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("drawn_among", sa.SmallInteger(), nullable=False),
        sa.Column("drawn_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("postponed", sa.SmallInteger(), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("answered_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.Column("closed_at", portal.schema.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "enrollment_id"],
            ["enrollment.organization_id", "enrollment.id"],
            name="fk_follow_up_enrollment",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name="fk_follow_up_member",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_follow_up_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_follow_up_revision_id")
        ),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_follow_up_step_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_follow_up")),
        sa.UniqueConstraint(
            "organization_id",
            "enrollment_id",
            "step_id",
            name=op.f("uq_follow_up_organization_id_enrollment_id_step_id"),
        ),
        info={"distribute": "organization_id"},
    )
    op.create_index(
        "ix_follow_up_due", "follow_up", ["organization_id", "member_id", "due_on"], unique=False
    )

    op.create_table(
        "goal_word",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("enrollment_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("asked_at", sa.String(length=20), nullable=False),
        sa.Column("goal_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("said", sa.String(length=20), nullable=False),
        sa.Column("felt_speed", sa.String(length=20), nullable=True),
        sa.Column("said_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_word_goal_id")),
        sa.ForeignKeyConstraint(
            ["organization_id", "enrollment_id"],
            ["enrollment.organization_id", "enrollment.id"],
            name="fk_goal_word_enrollment",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_goal_word_organization_id")
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "enrollment_id", "asked_at", name=op.f("pk_goal_word")
        ),
        info={"distribute": "organization_id"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "obstacle_note",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("enrollment_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("noted_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.Column("obstacle", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "enrollment_id"],
            ["enrollment.organization_id", "enrollment.id"],
            name="fk_obstacle_note_enrollment",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_obstacle_note_organization_id")
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "enrollment_id", "noted_at", name=op.f("pk_obstacle_note")
        ),
        info={"distribute": "organization_id"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "told",
        sa.Column("organization_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("outcome_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("member_id", portal.schema.Id(length=16), nullable=False),
        sa.Column("told_at", portal.schema.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name="fk_told_member",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "outcome_id"],
            ["outcome.organization_id", "outcome.id"],
            name="fk_told_outcome",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_told_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "outcome_id", name=op.f("pk_told")),
        info={"distribute": "organization_id"},
        sqlite_with_rowid=False,
    )
    op.create_index("ix_told_member", "told", ["organization_id", "member_id"], unique=False)
    op.create_index("ix_told_when", "told", ["organization_id", "told_at"], unique=False)

    op.add_column("enrollment", sa.Column("obstacle", sa.String(length=20), nullable=True))
    op.add_column("enrollment", sa.Column("due_on", sa.Date(), nullable=True))

    op.add_column("step", sa.Column("helps_with", sa.String(length=20), nullable=True))
    op.add_column("step", sa.Column("details", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("step", "details")
    op.drop_column("step", "helps_with")

    op.drop_column("enrollment", "due_on")
    op.drop_column("enrollment", "obstacle")

    op.drop_index("ix_told_when", table_name="told")
    op.drop_index("ix_told_member", table_name="told")

    op.drop_table("told")
    op.drop_table("obstacle_note")
    op.drop_table("goal_word")
    op.drop_index("ix_follow_up_due", table_name="follow_up")

    op.drop_table("follow_up")
    op.drop_table("session_places")
    op.drop_table("session_place")
    op.drop_index("ix_ease_revision", table_name="ease")

    op.drop_table("ease")
    op.drop_table("check_try")
    op.drop_table("if_then")
