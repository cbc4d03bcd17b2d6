"""Test builders: each makes one object through the commands, with defaults, and commits."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.accounts.commands import create_user
from app.clock import now
from app.demo.loading import FACTS, GIVEN
from app.documents.commands import add_document
from app.draw.commands.ceremonies import Source, announce_plan, close_commitments, reveal
from app.draw.commands.draws import draw_sample
from app.draw.queries.ceremony_next import entry_of
from app.draw.queries.plans import plan_by_villages
from app.evaluations.commands.evaluations import AreaPlan, add_member, create_evaluation, create_station
from app.interview.commands.responses import Submission, submit_response
from app.ledger.commands.frames import seal_frame
from app.ledger.commands.uploads import import_upload, store_upload
from app.ledger.reader.errors import Limits
from app.models import (
    Case,
    Ceremony,
    Draw,
    Evaluation,
    Frame,
    Membership,
    Role,
    Schedule,
    SeedContribution,
    Station,
    User,
)
from app.scores.commands.scores import enter_score, state_fact
from sampling.plan import Plan
from surveys import library
from tests.copies import kept

PASSWORD = "correct-horse"
# Ahead of whatever day the tests are run on.
KEPT_UNTIL = date(2999, 12, 31)
STARTED = datetime(2023, 11, 2, 9, 0, tzinfo=UTC)
STATION = "示例社工服务站"
FIRST = "sample-2023"
AREAS = (("第一片区", ("甲村", "乙村")), ("第二片区", ("丙村", "丁村")), ("第三片区", ("戊村",)))
VILLAGES = tuple(village for _, villages in AREAS for village in villages)
SATISFIED = {
    "C1": "1", "C2": "1", "S1": "1", "S3": "1", "S6": "2",
    "A1": "1", "A2": "1", "A3": "2", "A4": "1", "A5": "4",
    **{f"B{i}": "5" for i in range(1, 9)}, "B9": 96, "B10": "1", "D3": "2",
}  # fmt: skip
NEVER_SERVED = {"C1": "1", "C2": "1", "S1": "1", "S3": "2", "S6": "2", "D3": "2"} | {f"A{i}": "4" for i in range(1, 6)}


@kept
def a_user(session: Session, username: str = "", *, administrator: bool = False, name: str = "示例用户") -> User:
    """An account with the password that Visitor.sign_in() types."""
    username = username or f"user-{uuid.uuid4().hex[:8]}"
    user = create_user(session, username=username, display_name=name, password=PASSWORD, administrator=administrator)
    session.commit()
    return user


def a_station(session: Session, name: str = STATION) -> Station:
    """A station with three areas and five villages."""
    return create_station(
        session,
        name=name,
        operator="示例机构",
        street="示例街道办事处",
        district="示例区",
        areas=[AreaPlan(area, villages) for area, villages in AREAS],
    )


@kept
def an_evaluation(session: Session, slug: str = FIRST, **changes: Any) -> Evaluation:
    """An evaluation of a station of its own with three areas and five villages, unless another station is given."""
    held_on = changes.get("held_on", date(2023, 11, 17))
    year = held_on.year if (held_on.month, held_on.day) >= (4, 16) else held_on.year - 1
    values: dict[str, Any] = {
        "slug": slug,
        "station": changes.get("station") or a_station(session, STATION if slug == FIRST else f"{STATION} {slug}"),
        "stage": "midterm",
        "title": "示例社工服务站 2023 年中期评估",
        "period": (date(year, 4, 16), date(year + 1, 4, 15)),
        "held_on": held_on,
        "evaluator": "示例评估机构",
        "commissioner": "示例区民政局",
        "purchaser": "示例街道办事处",
        "questionnaire": add_document(session, "questionnaire", library.body("questionnaires", "recipient", 1)),
        "scheme": add_document(session, "scheme", library.body("schemes", "guangzhou-2023", 1)),
        "keep_until": KEPT_UNTIL,
        "hotline": "020-80000001",
    }
    evaluation = create_evaluation(session, **values | changes)
    session.commit()
    return evaluation


@kept
def a_member(session: Session, evaluation: Evaluation, role: Role, username: str = "") -> User:
    """An account in a role at an evaluation."""
    user = a_user(session, username or f"{role.value}-{uuid.uuid4().hex[:6]}")
    add_member(session, evaluation, user, role)
    session.commit()
    return user


def without_rules(session: Session) -> None:
    """Disable the triggers until the transaction ends, as an owner of the database could.

    On SQLite the triggers are dropped; each test has a file of its own. On PostgreSQL the database is shared by the
    tests of a worker, so they are switched off for the transaction only.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))
        return
    for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        session.execute(text(f'DROP TRIGGER "{name}"'))


def a_ledger(people: int = 150, *, category: str = "低保", villages: Sequence[str] = VILLAGES) -> bytes:
    """A CSV ledger of invented people, spread over the villages in turn."""
    lines = ["姓名,村居,人员类别,联系电话,出生年月,居住地址"]
    lines += [
        f"示例{n:05d},{villages[n % len(villages)]},{category},1990000{n % 10_000:04d},1950-01,示例街{n}号"
        for n in range(people)
    ]
    return "\n".join(lines).encode()


def a_mixed_ledger(priority: int = 120, general: int = 60) -> bytes:
    """Invented people of the priority groups, and general recipients."""
    return (
        a_ledger(priority)
        + b"\n"
        + a_ledger(priority + general, category="普通服务对象").split(b"\n", priority + 1)[-1]
    )


@kept
def a_draft_frame(
    session: Session, evaluation: Evaluation, people: int = 150, *, data: bytes | None = None, label: str = "台账"
) -> Frame:
    """A frame made from an imported ledger, not yet sealed."""
    limits = Limits()
    upload, workbook, recognition = store_upload(
        session,
        evaluation,
        filename="ledger.csv",
        data=data if data is not None else a_ledger(people),
        label=label,
        limits=limits,
    )
    frame = import_upload(session, upload, recognition.plans, limits=limits, workbook=workbook, in_addition=True)
    session.commit()
    return frame


@kept
def a_sealed_frame(session: Session, evaluation: Evaluation, people: int = 150) -> Frame:
    """A sealed frame."""
    a_draft_frame(session, evaluation, people)
    frame = seal_frame(session, evaluation, typed_name=evaluation.station.name)
    session.commit()
    return frame


def a_plan(session: Session, evaluation: Evaluation, **choices: Any) -> Plan:
    """The usual plan for the frame of an evaluation, with other choices."""
    return replace(plan_by_villages(session, evaluation, choices.pop("size", None)), **choices)


def a_public_source(announced: datetime, name: str = "骰子", source: str = "测试") -> Source:
    """A public source whose value is known half an hour after it was announced."""
    return Source(name, source, expected=announced + timedelta(minutes=30))


def type_twice(session: Session, contribution: SeedContribution, value: str, *, actor: User | None = None) -> None:
    """The value of a public source, typed by one person on two pages, so that it binds."""
    assert not reveal(session, contribution, value, actor=actor)
    assert reveal(session, contribution, value, actor=actor, entry=entry_of(contribution))


@kept
def a_ceremony(session: Session, evaluation: Evaluation, plan: Plan | None = None) -> Ceremony:
    """A plan announced for a sealed frame, the seed to come from dice."""
    plan = plan or a_plan(session, evaluation)
    announced = now() - timedelta(hours=1)
    dice = a_public_source(announced)
    ceremony = announce_plan(session, evaluation, plan, [dice], own_value="0" * 32, at=announced)
    session.commit()
    return ceremony


@kept
def a_draw_of(session: Session, ceremony: Ceremony, value: str = "dice 1 2 3") -> Draw:
    """The sample of an announced plan whose only open contribution is a public one."""
    close_commitments(session, ceremony)
    for contribution in ceremony.contributions:
        if contribution.value is None:
            type_twice(session, contribution, value)
    draw = draw_sample(session, ceremony)
    session.commit()
    return draw


@kept
def a_draw(session: Session, evaluation: Evaluation, *, of: int = 150, **choices: Any) -> Draw:
    """A draw from a sealed frame, with a fixed seed; `choices` are those of the plan."""
    a_sealed_frame(session, evaluation, of)
    return a_draw_of(session, a_ceremony(session, evaluation, a_plan(session, evaluation, **choices)))


def assign_cases(session: Session, evaluation: Evaluation) -> None:
    """Set the interviewers of an evaluation, in turn, as those of its cases."""
    interviewers = session.scalars(
        select(Membership.user_id)
        .where(Membership.evaluation_id == evaluation.id, Membership.role == Role.INTERVIEWER.value)
        .order_by(Membership.user_id)
    ).all()
    live = select(Draw.id).where(Draw.evaluation_id == evaluation.id, Draw.voided_at.is_(None))
    cases = session.scalars(select(Case).where(Case.draw_id.in_(live)).order_by(Case.ticket))
    for turn, case in enumerate(cases):
        case.interviewer_id = interviewers[turn % len(interviewers)]
    session.flush()


def a_hold(session: Session, case: Case, user: User, *, minutes: int = 20) -> Schedule:
    """Put this case into an interviewer's hand, bypassing the queue."""
    session.execute(
        update(Schedule).where(Schedule.held_by_id == user.id).values(held_by_id=None, held_since=None, held_until=None)
    )
    row = session.get_one(Schedule, case.id, populate_existing=True)
    row.held_by_id, row.held_since = user.id, datetime.now(UTC)
    row.held_until = datetime.now(UTC) + timedelta(minutes=minutes)
    session.commit()
    return row


def cases_of(session: Session, draw: Draw) -> list[Case]:
    """The cases of a draw in ticket order."""
    return list(session.scalars(select(Case).where(Case.draw_id == draw.id).order_by(Case.ticket)))


def a_response(
    session: Session,
    case: Case,
    answers: dict[str, Any] | None = None,
    *,
    mode: str = "phone",
    key: uuid.UUID | None = None,
    interviewer: User | None = None,
) -> Submission:
    """A submission of a case."""
    submission = submit_response(
        session,
        case,
        mode=mode,
        answers=SATISFIED if answers is None else answers,
        submission_key=key or uuid.uuid4(),
        started_at=STARTED,
        interviewer=interviewer,
    )
    session.commit()
    return submission


def all_answer(
    session: Session, answers: Iterable[tuple[Case, dict[str, Any]]], *, interviewer: User | None = None
) -> None:
    """Telephone interviews of these cases, in one transaction: two thirds of the time it takes one by one."""
    _all_answer(session, list(answers), interviewer)


@kept
def _all_answer(session: Session, answers: Sequence[tuple[Case, dict[str, Any]]], interviewer: User | None) -> None:
    for case, given in answers:
        submit_response(
            session,
            case,
            mode="phone",
            answers=given,
            submission_key=uuid.uuid4(),
            started_at=STARTED,
            interviewer=interviewer,
        )
    session.commit()


def all_scores(session: Session, evaluation: Evaluation) -> None:
    """The points and facts of the published report."""
    for role, item, area, points in GIVEN:
        enter_score(session, evaluation, role=role, item=item, area=area, given=points)
    for code, value in FACTS.items():
        state_fact(session, evaluation, code=code, value=value)
    session.commit()


@kept
def a_finished_evaluation(session: Session, *, people: int = 150, answered: int = 100) -> Evaluation:
    """An evaluation that is drawn, answered and scored but not settled, with a lead and an interviewer."""
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.LEAD, "lead")
    interviewer = a_member(session, evaluation, Role.INTERVIEWER, "interviewer")
    draw = a_draw(session, evaluation, of=people)
    assign_cases(session, evaluation)
    all_answer(session, ((case, SATISFIED) for case in cases_of(session, draw)[:answered]), interviewer=interviewer)
    all_scores(session, evaluation)
    return evaluation


def with_a_computed_item(session: Session, evaluation: Evaluation) -> None:
    """The evaluation under a scheme in which satisfaction counts: 10 of the third party's points, by steps."""
    document = copy.deepcopy(library.body("schemes", "guangzhou-2023", 1))
    document["id"] = "with-satisfaction"
    item = next(i for i in document["parties"][0]["items"] if i["code"] == "monitoring")
    item |= {
        "kind": "computed",
        "statistic": "satisfaction.mean",
        "rule": {"kind": "steps", "points": [["60", "4"], ["75", "6"], ["85", "8"], ["95", "10"]]},
    }
    item.pop("per_area", None)
    session.connection().exec_driver_sql("DELETE FROM party_score WHERE item = 'monitoring'")
    evaluation.scheme = add_document(session, "scheme", document)
    session.commit()
