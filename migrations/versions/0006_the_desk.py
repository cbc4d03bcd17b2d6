"""The phone desk: a schedule of cases, calls, appointments, interviews kept while under way, back-checks.

Cases that are there already are scheduled, with the attempts and day parts they have had.
"""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def upgrade() -> None:
    op.create_table(
        "interviewer_skill",
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("skill", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_interviewer_skill_user_id")),
        sa.PrimaryKeyConstraint("user_id", "skill", name=op.f("pk_interviewer_skill")),
    )
    op.create_table(
        "recusal",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("station_id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("declared_at", MOMENT, nullable=False),
        sa.Column("declared_by_id", ROW_ID, nullable=True),
        sa.Column("lifted_at", MOMENT, nullable=True),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_recusal_reason_given")),
        sa.ForeignKeyConstraint(["declared_by_id"], ["user.id"], name=op.f("fk_recusal_declared_by_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_recusal_station_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_recusal_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
    )
    op.create_index("ix_recusal_user_id", "recusal", ["user_id"])
    op.create_index(
        "uq_recusal_in_force", "recusal", ["station_id", "user_id"], unique=True, **only("lifted_at IS NULL")
    )
    op.create_table(
        "answer_key",
        sa.Column("evaluation_id", ROW_ID, nullable=False),
        sa.Column("fact", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("entered_by_id", ROW_ID, nullable=True),
        sa.ForeignKeyConstraint(["entered_by_id"], ["user.id"], name=op.f("fk_answer_key_entered_by_id")),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_answer_key_evaluation_id")),
        sa.PrimaryKeyConstraint("evaluation_id", "fact", name=op.f("pk_answer_key")),
    )
    op.create_table(
        "desk_setting",
        sa.Column("evaluation_id", ROW_ID, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by_id", ROW_ID, nullable=True),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user.id"], name=op.f("fk_desk_setting_changed_by_id")),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_desk_setting_evaluation_id")),
        sa.PrimaryKeyConstraint("evaluation_id", name=op.f("pk_desk_setting")),
    )
    op.create_table(
        "appointment",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("case_id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("interviewer_id", ROW_ID, nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by_id", ROW_ID, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ending", sa.String(length=10), nullable=True),
        sa.CheckConstraint("ending IN ('kept', 'moved', 'cancelled')", name=op.f("ck_appointment_ending_known")),
        sa.CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_appointment_ended_somehow")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_appointment_case_id")),
        sa.ForeignKeyConstraint(["interviewer_id"], ["user.id"], name=op.f("fk_appointment_interviewer_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_appointment_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("uuid", name=op.f("uq_appointment_uuid")),
    )
    op.create_index("ix_appointment_at", "appointment", ["at"])
    op.create_index("ix_appointment_case_id", "appointment", ["case_id"])
    op.create_index("uq_appointment_open", "appointment", ["case_id"], unique=True, **only("ended_at IS NULL"))
    op.create_table(
        "desk_note",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("case_id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("written_by_id", ROW_ID, nullable=True),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.Column("seen_by_id", ROW_ID, nullable=True),
        sa.CheckConstraint("kind IN ('note', 'care', 'never_served')", name=op.f("ck_desk_note_kind_known")),
        sa.CheckConstraint("(seen_at IS NULL) = (seen_by_id IS NULL)", name=op.f("ck_desk_note_seen_by_somebody")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_desk_note_case_id")),
        sa.ForeignKeyConstraint(["seen_by_id"], ["user.id"], name=op.f("fk_desk_note_seen_by_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["user.id"], name=op.f("fk_desk_note_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_note")),
        sa.UniqueConstraint("uuid", name=op.f("uq_desk_note_uuid")),
    )
    op.create_index("ix_desk_note_case_id", "desk_note", ["case_id"])
    op.create_table(
        "draft",
        sa.Column("case_id", ROW_ID, nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("submission_key", sa.Uuid(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("ticks", sa.JSON(), nullable=False),
        sa.Column("position", sa.String(length=20), nullable=False),
        sa.Column("milliseconds", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("witness", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("interviewer_id", ROW_ID, nullable=True),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.CheckConstraint("mode IN ('phone', 'visit')", name=op.f("ck_draft_mode_known")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_draft_case_id")),
        sa.ForeignKeyConstraint(["interviewer_id"], ["user.id"], name=op.f("fk_draft_interviewer_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_draft")),
        sa.UniqueConstraint("submission_key", name=op.f("uq_draft_submission_key")),
    )
    op.create_table(
        "minor_opening",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("case_id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_minor_opening_reason_given")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_minor_opening_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_minor_opening_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minor_opening")),
    )
    op.create_index("ix_minor_opening_case", "minor_opening", ["case_id", "user_id"])
    op.create_table(
        "schedule",
        sa.Column("case_id", ROW_ID, nullable=False),
        sa.Column("draw_id", ROW_ID, nullable=False),
        sa.Column("stratum", sa.String(length=140), nullable=False),
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("chosen_way", sa.String(length=10), nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("appointment_at", MOMENT, nullable=True),
        sa.Column("appointment_for_id", ROW_ID, nullable=True),
        sa.Column("assigned_to_id", ROW_ID, nullable=True),
        sa.Column("avoid_id", ROW_ID, nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("day_parts", sa.SmallInteger(), nullable=False),
        sa.Column("needs", sa.String(length=10), nullable=False),
        sa.Column("number_place", sa.SmallInteger(), nullable=False),
        sa.Column("cleared_at", MOMENT, nullable=True),
        sa.Column("held_by_id", ROW_ID, nullable=True),
        sa.Column("held_since", MOMENT, nullable=True),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.CheckConstraint("chosen_way IN ('phone', 'visit', 'web')", name=op.f("ck_schedule_chosen_way_known")),
        sa.CheckConstraint(
            "way IN ('phone', 'visit', 'web', 'supervisor', 'closed')", name=op.f("ck_schedule_way_known")
        ),
        sa.CheckConstraint(
            "(held_by_id IS NULL) = (held_until IS NULL) AND (held_by_id IS NULL) = (held_since IS NULL)",
            name=op.f("ck_schedule_held_for_a_time"),
        ),
        sa.CheckConstraint("attempts >= 0 AND number_place >= 0", name=op.f("ck_schedule_counts_not_negative")),
        sa.CheckConstraint("day_parts BETWEEN 0 AND 15", name=op.f("ck_schedule_day_parts_in_range")),
        sa.ForeignKeyConstraint(["appointment_for_id"], ["user.id"], name=op.f("fk_schedule_appointment_for_id")),
        sa.ForeignKeyConstraint(["assigned_to_id"], ["user.id"], name=op.f("fk_schedule_assigned_to_id")),
        sa.ForeignKeyConstraint(["avoid_id"], ["user.id"], name=op.f("fk_schedule_avoid_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_schedule_case_id")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_schedule_draw_id")),
        sa.ForeignKeyConstraint(["held_by_id"], ["user.id"], name=op.f("fk_schedule_held_by_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_schedule")),
    )
    op.create_index(
        "ix_schedule_ticket", "schedule", ["draw_id", "needs", "stratum", "ticket"], **only("way IN ('phone', 'web')")
    )
    op.create_index(
        "ix_schedule_appointment", "schedule", ["draw_id", "appointment_at"], **only("appointment_at IS NOT NULL")
    )
    op.create_index(
        "ix_schedule_assigned", "schedule", ["assigned_to_id", "draw_id"], **only("assigned_to_id IS NOT NULL")
    )
    op.create_index("uq_schedule_held_by", "schedule", ["held_by_id"], unique=True, **only("held_by_id IS NOT NULL"))
    op.create_table(
        "back_check",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("response_id", ROW_ID, nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("drawn_at", MOMENT, nullable=False),
        sa.Column("checker_id", ROW_ID, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("result", sa.String(length=20), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("agreements", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "result IN ('confirmed', 'differs', 'not_interviewed', 'not_reached')",
            name=op.f("ck_back_check_result_known"),
        ),
        sa.CheckConstraint("why IN ('random', 'flag', 'never_served')", name=op.f("ck_back_check_why_known")),
        sa.CheckConstraint(
            "(done_at IS NULL) = (result IS NULL) AND (done_at IS NULL OR checker_id IS NOT NULL)",
            name=op.f("ck_back_check_done_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["checker_id"], ["user.id"], name=op.f("fk_back_check_checker_id")),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_back_check_response_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_back_check")),
        sa.UniqueConstraint("response_id", name=op.f("uq_back_check_response_id")),
        sa.UniqueConstraint("uuid", name=op.f("uq_back_check_uuid")),
    )
    op.create_table(
        "paradata",
        sa.Column("response_id", ROW_ID, nullable=False),
        sa.Column("milliseconds", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("answered_self", sa.Boolean(), nullable=True),
        sa.Column("family_present", sa.Boolean(), nullable=True),
        sa.Column("staff_present", sa.Boolean(), nullable=True),
        sa.Column("prompted", sa.Boolean(), nullable=True),
        sa.Column("witness", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_paradata_response_id")),
        sa.PrimaryKeyConstraint("response_id", name=op.f("pk_paradata")),
    )
    op.create_table(
        "phone_call",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("case_id", ROW_ID, nullable=False),
        sa.Column("interviewer_id", ROW_ID, nullable=False),
        sa.Column("holder", sa.String(length=10), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("dialler", sa.String(length=20), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("attempt_id", ROW_ID, nullable=True),
        sa.CheckConstraint("holder IN ('person', 'guardian')", name=op.f("ck_phone_call_holder_known")),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_phone_call_ends_after_start")),
        sa.CheckConstraint("place >= 0", name=op.f("ck_phone_call_place_not_negative")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_phone_call_attempt_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_phone_call_case_id")),
        sa.ForeignKeyConstraint(["interviewer_id"], ["user.id"], name=op.f("fk_phone_call_interviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_call")),
        sa.UniqueConstraint("uuid", name=op.f("uq_phone_call_uuid")),
    )
    op.create_index("ix_phone_call_case_id", "phone_call", ["case_id"])
    op.create_index("ix_phone_call_interviewer", "phone_call", ["interviewer_id", "started_at"])
    op.create_index("uq_phone_call_open", "phone_call", ["case_id"], unique=True, **only("ended_at IS NULL"))
    _new_columns()
    with op.batch_alter_table("document") as batch:
        batch.drop_constraint(op.f("ck_document_kind_known"), type_="check")
        batch.create_check_constraint(
            op.f("ck_document_kind_of_document"), "kind IN ('questionnaire', 'scheme', 'outcomes')"
        )
    # On SQLite the table was made anew, and its triggers went with the old one: the statements begin with them.
    _run_sql()
    _schedule_cases()


def _run_sql() -> None:
    """The statements beside this file, in the dialect of the database: one a line."""
    text = Path(__file__).with_name("sql").joinpath(f"{revision}.{op.get_bind().dialect.name}.sql").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("--"):
            op.execute(line)


def only(condition: str) -> dict[str, sa.TextClause]:
    """An index over the rows of which this holds."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _new_columns() -> None:
    """Columns of tables that carry triggers or are referred to by one: these are not made anew."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    row_id, sealed = ("BIGINT", "BYTEA") if postgresql else ("INTEGER", "BLOB")
    for table, column in (
        ("attempt", "place SMALLINT"),
        ("attempt", "needs VARCHAR(10) DEFAULT '' NOT NULL"),
        ("attempt", f"note {sealed}"),
        ("evaluation", f"outcomes_id {row_id} CONSTRAINT fk_evaluation_outcomes_id REFERENCES document (id)"),
    ):
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def _schedule_cases() -> None:
    """Every case is scheduled: closed ones as closed, tried ones with what was tried."""
    connection = op.get_bind()
    op.execute(
        "INSERT INTO schedule (case_id, draw_id, stratum, ticket, way, chosen_way, not_before, attempts, day_parts, needs,"
        " number_place) SELECT c.id, c.draw_id, c.stratum, c.ticket, CASE WHEN c.outcome_final THEN 'closed' ELSE"
        " 'phone' END, 'phone', d.drawn_at, 0, 0, '', 0 FROM cases c JOIN draw d ON d.id = c.draw_id"
    )
    attempt = sa.table("attempt", sa.column("case_id"), sa.column("at", MOMENT), sa.column("mode"))
    tried: dict[int, list[datetime]] = {}
    for case_id, at in connection.execute(sa.select(attempt.c.case_id, attempt.c.at).where(attempt.c.mode != "web")):
        tried.setdefault(case_id, []).append(at.replace(tzinfo=at.tzinfo or UTC).astimezone(SHANGHAI))
    for case_id, moments in tried.items():
        parts = sum({_day_part(moment) for moment in moments})
        connection.execute(
            sa.text("UPDATE schedule SET attempts = :n, day_parts = :parts WHERE case_id = :case"),
            {"n": len(moments), "parts": parts, "case": case_id},
        )


def _day_part(moment: datetime) -> int:
    """Morning 1, afternoon 2, evening 4, weekend 8; as surveys.calling had it when this was written."""
    if moment.weekday() >= 5:
        return 8
    return 1 if moment.hour < 12 else 2 if moment.hour < 18 else 4
