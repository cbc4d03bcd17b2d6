"""Fieldwork by interviewers: the schedule of each case, appointments, calls, notes, skills, recusals, settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, Created, PublicId, RowId
from app.models.draws import LONGEST_STRATUM, Case
from app.models.evaluations import Evaluation, Station
from app.privacy.columns import EncryptedText


def _only(condition: str) -> dict[str, Any]:
    """The options of a partial index over the rows for which the condition holds."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Schedule(Base):
    """When and in which mode a case is contacted next, and who has it in hand: one row for each case.

    app.cases.commands recomputes it after each attempt and appointment. People set only `chosen_way`, `cleared_at`,
    `looked_at` and `assigned_to_id` (an interviewer who finds that a visit is needed gets it, unless another one is
    named). `day_parts` is a bit mask of the parts of the day with an attempt.
    """

    __tablename__ = "schedule"
    __table_args__ = (
        CheckConstraint("way IN ('phone', 'visit', 'web', 'supervisor', 'closed')", name="way_known"),
        CheckConstraint("chosen_way IN ('phone', 'visit', 'web')", name="chosen_way_known"),
        CheckConstraint("day_parts BETWEEN 0 AND 15", name="day_parts_in_range"),
        CheckConstraint("attempts >= 0 AND number_place >= 0", name="counts_not_negative"),
        CheckConstraint(
            "(held_by_id IS NULL) = (held_until IS NULL) AND (held_by_id IS NULL) = (held_since IS NULL)",
            name="held_for_a_time",
        ),
        CheckConstraint("(looked_at IS NULL) = (looked_by_id IS NULL)", name="looked_at_by_somebody"),
        Index("ix_schedule_way", "draw_id", "stratum", "way"),
        # For the queue: the first ready ticket of a stratum, and the appointments that are due.
        Index("ix_schedule_ticket", "draw_id", "needs", "stratum", "ticket", **_only("way IN ('phone', 'web')")),
        Index("ix_schedule_appointment", "draw_id", "appointment_at", **_only("appointment_at IS NOT NULL")),
        # For the day of an interviewer: the visits that are theirs.
        Index("ix_schedule_assigned", "assigned_to_id", "draw_id", **_only("assigned_to_id IS NOT NULL")),
        # Nobody can have two cases in hand, and so collect a list of people.
        Index(
            "uq_schedule_held_by",
            "held_by_id",
            unique=True,
            sqlite_where=text("held_by_id IS NOT NULL"),
            postgresql_where=text("held_by_id IS NOT NULL"),
        ),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"))
    stratum: Mapped[str] = mapped_column(String(LONGEST_STRATUM))
    ticket: Mapped[str] = mapped_column(String(64))
    way: Mapped[str] = mapped_column(String(10), default="phone")
    chosen_way: Mapped[str] = mapped_column(String(10), default="phone")
    not_before: Mapped[Created]
    appointment_at: Mapped[datetime | None]
    appointment_for_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    # Who met a soft refusal: the one further attempt is made by somebody else.
    avoid_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    day_parts: Mapped[int] = mapped_column(SmallInteger, default=0)
    # The language or other skill that the interviewer needs; empty where none is.
    needs: Mapped[str] = mapped_column(String(10), default="")
    number_place: Mapped[int] = mapped_column(SmallInteger, default=0)
    # When the supervisor last put it back into the queue; earlier outcomes no longer make it wait.
    cleared_at: Mapped[datetime | None]
    held_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    held_since: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    # Of a closed case: when a supervisor reviewed its outcome, and who; empty again once it is reopened.
    looked_at: Mapped[datetime | None]
    looked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    case: Mapped[Case] = relationship()
    held_by: Mapped[User | None] = relationship(foreign_keys=[held_by_id])
    assigned_to: Mapped[User | None] = relationship(foreign_keys=[assigned_to_id])
    looked_by: Mapped[User | None] = relationship(foreign_keys=[looked_by_id])


class Appointment(Base):
    """A time agreed with a person for the next call, with the same interviewer where they wish; one open per case."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended_somehow"),
        CheckConstraint("ending IN ('kept', 'moved', 'cancelled')", name="ending_known"),
        Index(
            "uq_appointment_open",
            "case_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_appointment_at", "at"),
    )

    id: Mapped[RowId]
    uuid: Mapped[PublicId]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime]
    interviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[Created]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    ended_at: Mapped[datetime | None]
    ending: Mapped[str | None] = mapped_column(String(10))

    case: Mapped[Case] = relationship()
    interviewer: Mapped[User | None] = relationship(foreign_keys=[interviewer_id])


class PhoneCall(Base):
    """One call: which of the person's numbers, begin and end. During the call the number is shown unmasked.

    `holder` and `place` name a number without writing it down. A call for a back-check belongs to the back-check and
    is no try of the case.
    """

    __tablename__ = "phone_call"
    __table_args__ = (
        CheckConstraint("holder IN ('person', 'guardian')", name="holder_known"),
        CheckConstraint("place >= 0", name="place_not_negative"),
        CheckConstraint("ended_at >= started_at", name="ends_after_start"),
        CheckConstraint("back_check_id IS NULL OR attempt_id IS NULL", name="back_check_is_no_try"),
        Index(
            "uq_phone_call_open",
            "case_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_phone_call_interviewer", "interviewer_id", "started_at"),
        Index("ix_phone_call_started_at", "started_at"),
    )

    id: Mapped[RowId]
    uuid: Mapped[PublicId]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    interviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    holder: Mapped[str] = mapped_column(String(10))
    place: Mapped[int] = mapped_column(SmallInteger)
    dialler: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[Created]
    ended_at: Mapped[datetime | None]
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempt.id"))
    back_check_id: Mapped[int | None] = mapped_column(ForeignKey("back_check.id"), index=True)

    case: Mapped[Case] = relationship()


class DeskNote(Base):
    """A note of an interviewer to the evaluating body; `kind`: a remark, a person in need of care, or never served."""

    __tablename__ = "desk_note"
    __table_args__ = (
        CheckConstraint("kind IN ('note', 'care', 'never_served')", name="kind_known"),
        CheckConstraint("(seen_at IS NULL) = (seen_by_id IS NULL)", name="seen_by_somebody"),
    )

    id: Mapped[RowId]
    uuid: Mapped[PublicId]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(EncryptedText("desk_note.text"))
    written_at: Mapped[Created]
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    seen_at: Mapped[datetime | None]
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    case: Mapped[Case] = relationship()
    written_by: Mapped[User | None] = relationship(foreign_keys=[written_by_id])


class MinorOpening(Base):
    """The opening of a minor's record by somebody, with the reason."""

    __tablename__ = "minor_opening"
    __table_args__ = (
        CheckConstraint("length(trim(reason)) > 0", name="reason_given"),
        Index("ix_minor_opening_case", "case_id", "user_id"),
    )

    id: Mapped[RowId]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[Created]


class InterviewerSkill(Base):
    """A language an interviewer speaks, or another skill (surveys.calling.skills)."""

    __tablename__ = "interviewer_skill"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, autoincrement=False)
    skill: Mapped[str] = mapped_column(String(10), primary_key=True)


class Recusal(Base):
    """A person's declared interest in a station, who therefore neither draws, interviews nor scores for it."""

    __tablename__ = "recusal"
    __table_args__ = (
        CheckConstraint("length(trim(reason)) > 0", name="reason_given"),
        Index(
            "uq_recusal_in_force",
            "station_id",
            "user_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[RowId]
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    reason: Mapped[str] = mapped_column(String(400))
    declared_at: Mapped[Created]
    declared_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    lifted_at: Mapped[datetime | None]

    station: Mapped[Station] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class DeskSetting(Base):
    """The desk settings of an evaluation: calling hours, quiet times, limits (surveys.calling.settings)."""

    __tablename__ = "desk_setting"

    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"), primary_key=True, autoincrement=False)
    body: Mapped[dict[str, Any]]
    changed_at: Mapped[Created]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    evaluation: Mapped[Evaluation] = relationship()


class AnswerKey(Base):
    """The right answer to one of the five awareness questions, as the station states it; shown to interviewers."""

    __tablename__ = "answer_key"

    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"), primary_key=True, autoincrement=False)
    fact: Mapped[str] = mapped_column(String(20), primary_key=True)
    text: Mapped[str] = mapped_column(String(1000))
    entered_at: Mapped[Created]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
