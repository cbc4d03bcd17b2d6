"""Loads the demonstration evaluation through the commands that any evaluation uses."""

from __future__ import annotations

import hashlib
import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.commands import create_user
from app.answer_keys.commands import enter_answer_key
from app.clock import local, now
from app.demo.interviews import BY_GUARDIAN, DRAWN, LEFT_OPEN, NOT_REACHED, planned_interviews
from app.demo.ledger_file import FILENAME, ledger_workbook
from app.demo.people import AREAS
from app.desk.commands.attempts import record_attempt
from app.documents.commands import add_document
from app.draw.commands.ceremonies import Source, announce_plan, close_commitments, commit, reveal
from app.draw.commands.draws import draw_sample
from app.evaluations.commands.evaluations import AreaPlan, add_member, create_evaluation, create_station
from app.interview.commands.responses import submit_response
from app.ledger.commands.frames import seal_frame
from app.ledger.commands.uploads import import_upload, store_upload
from app.ledger.reader.errors import Limits
from app.models import Case, Draw, Evaluation, Role, User
from app.scores.commands.scores import enter_score, state_fact, state_indicator
from app.supervision.commands.desk_settings import set_settings
from sampling.plan import Plan
from sampling.seed import commitment_of
from surveys import library
from surveys.calling.minors import protection
from surveys.outcomes import OUTCOMES

SLUG = "shibi-2023-midterm"
STATION = "石壁街社工服务站"
PASSWORD = "shibi-2023"  # noqa: S105 - printed by `make run`; the demonstration holds no real person
DICE = "公布方案后当众掷骰 20 次（演示）"
DICE_VALUE = "3 5 2 6 1 1 4 2 6 3 5 4 2 2 1 6 3 4 5 1"
PARTIES = (
    (Source("街道办事处", "自行随机选定（演示）", Role.PURCHASER), "6f1c9a52d0e84b37a1f59c0b7d23e846"),
    (Source("区民政局", "自行随机选定（演示）", Role.MONITOR), "b20d47e9c81f4a6690d3e5a7714c28fb"),
)
OWN_VALUE = "0d9b64c1f2a8437eb5c03e1fd7a95260"
# How long the demonstration can be tried at the desk: until this day, and for at least a year.
KEPT_UNTIL = date(2031, 11, 17)
FIELDWORK_FROM = datetime(2023, 11, 2, 1, 0, tzinfo=UTC)
_NAMESPACE = uuid.UUID("5f0f1c1e-0000-4000-8000-200000000000")


@dataclass(frozen=True)
class SignIn:
    """An account of the demonstration."""

    username: str
    name: str
    role: Role


SIGN_INS = (
    SignIn("admin", "演示管理员", Role.ADMINISTRATOR),
    SignIn("lead", "演示评估负责人", Role.LEAD),
    SignIn("interviewer1", "演示访问员甲", Role.INTERVIEWER),
    SignIn("interviewer2", "演示访问员乙", Role.INTERVIEWER),
    SignIn("purchaser", "演示街道办", Role.PURCHASER),
    SignIn("supervision", "演示督导中心", Role.SUPERVISION),
    SignIn("monitor", "演示区民政局", Role.MONITOR),
    SignIn("station", "演示社工站", Role.STATION),
)

# Points and staffing as published. The share of staff cost is not: the report only says the condition did not hold.
GIVEN = (
    (Role.LEAD, "monitoring", "", "8.6"),
    (Role.LEAD, "effect", "", "10.6"),
    (Role.LEAD, "management", "", "9.4"),
    (Role.LEAD, "quality", "1", "16.3"),
    (Role.LEAD, "quality", "2", "16.8"),
    (Role.LEAD, "quality", "3", "17.6"),
    (Role.PURCHASER, "purchaser_score", "", "19.8"),
    (Role.SUPERVISION, "supervision_score", "", "13"),
    (Role.MONITOR, "monitor_score", "", "9.3"),
)
# Invented: the report prints no answers of the station about itself.
ANSWER_KEY = {
    "address": "石壁街文化活动中心二楼；各村社工点在村委会旁。",
    "services": "探访、电话问候、个案帮扶、小组和活动、政策咨询和代办、物资慰问，说出一样就算。",
    "staff": "说出社工的姓，或平时的称呼（陈站长、李姑娘、小黄）就算。",
    "help": "打服务热线、到站里、找村居干部转介、微信联系社工。",
    "funding": "不收钱，经费由财政出。",
}
FACTS = {
    "staff_due": "130",
    "staff_present": "134",
    "certified_due": "91",
    "certified_present": "92",
    "staff_cost": "false",
    "posts_misused": "false",
    "rectification": "false",
    "professional": "false",
    "financial": "false",
    "serious_breach": "false",
}
# Contract indicators as published: done, printed per cent, and the whole target it implies where there is one.
INDICATORS: Sequence[tuple[str, str, str, int | None, int, str]] = (
    ("home_visits", "家访", "人次", 1330, 1118, "84.06"),
    ("calls", "电访", "人次", 2000, 1111, "55.55"),
    ("cases", "个案接案", "个", 90, 51, "56.67"),
    ("case_sessions", "个案服务", "节", 360, 187, "51.94"),
    ("groups", "小组", "个", 30, 20, "66.67"),
    ("group_sessions", "小组活动", "节", 150, 84, "56.00"),
    ("group_people", "小组服务", "人次", 960, 918, "95.63"),
    ("activities", "社区活动", "次", None, 54, "175.15"),
    ("activity_people", "社区活动服务", "人次", None, 4219, "340.19"),
    ("volunteers", "志愿者", "名", 100, 117, "117.00"),
    ("core_volunteers", "志愿者骨干", "名", 30, 17, "56.67"),
)


def silent(_message: str) -> None:
    """A progress callback that prints nothing."""


def is_loaded(session: Session) -> bool:
    """Whether the database has any evaluation."""
    return session.scalar(select(Evaluation.id).limit(1)) is not None


def load(session: Session, say: Callable[[str], None] = silent) -> Evaluation:
    """Load the whole demonstration, from the ledger file to the parties' points; does not commit."""
    say(_("创建账号、社工站和评估 …"))
    users = {
        entry.role: create_user(
            session,
            username=entry.username,
            display_name=entry.name,
            password=PASSWORD,
            administrator=entry.role is Role.ADMINISTRATOR,
        )
        for entry in SIGN_INS
        if entry.username != "interviewer2"
    }
    second = create_user(session, username="interviewer2", display_name="演示访问员乙", password=PASSWORD)
    evaluation = _evaluation(session, users[Role.ADMINISTRATOR])
    for role, user in users.items():
        if role is not Role.ADMINISTRATOR:
            add_member(session, evaluation, user, role, actor=users[Role.ADMINISTRATOR])
    add_member(session, evaluation, second, Role.INTERVIEWER, actor=users[Role.ADMINISTRATOR])
    say(_("导入名册，更正后重新导入 …"))
    _ledgers(session, evaluation, users[Role.STATION])
    lead = users[Role.LEAD]
    seal_frame(session, evaluation, typed_name=STATION, actor=lead)
    enter_answer_key(session, evaluation, ANSWER_KEY, actor=users[Role.STATION])
    say(_("封存，抽样 …"))
    draw = _draw(session, evaluation, users)
    _desk(session, evaluation, users)
    say(_("录入答卷 …"))
    _fieldwork(session, draw, (users[Role.INTERVIEWER], second))
    say(_("录入各方评分 …"))
    _scores(session, evaluation, users)
    return evaluation


def _evaluation(session: Session, admin: User) -> Evaluation:
    station = create_station(
        session,
        name=STATION,
        operator="广州市番禺区正阳社会工作服务中心",
        street="石壁街道办事处",
        district="番禺区",
        areas=[AreaPlan(area, [village for village, _ in villages]) for area, villages in AREAS],
        hotline="020-80000000",
        actor=admin,
    )
    return create_evaluation(
        session,
        slug=SLUG,
        station=station,
        stage="midterm",
        title="石壁街社工服务站 2023 年中期评估",
        period=(date(2023, 4, 16), date(2024, 4, 15)),
        held_on=date(2023, 11, 17),
        evaluator="广州市番禺区社会组织联合会",
        commissioner="广州市番禺区民政局",
        purchaser="石壁街道办事处",
        questionnaire=add_document(session, "questionnaire", library.body("questionnaires", "recipient", 1)),
        scheme=add_document(session, "scheme", library.body("schemes", "guangzhou-2023", 1)),
        keep_until=max(KEPT_UNTIL, local(now()).date() + timedelta(days=365)),
        hotline="020-80000001",
        person_key=hashlib.sha256(b"demonstration").digest(),
        actor=admin,
    )


def _ledgers(session: Session, evaluation: Evaluation, actor: User) -> None:
    limits = Limits()
    for corrected in (False, True):
        upload, workbook, recognition = store_upload(
            session,
            evaluation,
            filename=FILENAME,
            data=ledger_workbook(corrected=corrected),
            label="困难群众和特殊群体台账",
            limits=limits,
            actor=actor,
        )
        import_upload(session, upload, recognition.plans, limits=limits, workbook=workbook, actor=actor)


def _draw(session: Session, evaluation: Evaluation, users: dict[Role, User]) -> Draw:
    """The whole ceremony: plan, two parties' commitments and dice, values, sample."""
    lead = users[Role.LEAD]
    announced = now() - timedelta(hours=1)  # the dice are thrown, and known, before the demonstration is loaded
    dice = Source("骰子", DICE, expected=announced + timedelta(minutes=30))
    sources = [dice, *(source for source, _value in PARTIES)]
    ceremony = announce_plan(session, evaluation, Plan(DRAWN), sources, actor=lead, own_value=OWN_VALUE, at=announced)
    contributions = {contribution.name: contribution for contribution in ceremony.contributions}
    for source, value in PARTIES:
        fingerprint = ceremony.frame.fingerprint or ""
        commitment = commitment_of(fingerprint, ceremony.plan_digest, source.name, value)
        commit(session, contributions[source.name], commitment, actor=users[source.role or Role.LEAD])
    close_commitments(session, ceremony, actor=lead)
    for source, value in PARTIES:
        reveal(session, contributions[source.name], value, actor=users[source.role or Role.LEAD])
    reveal(session, contributions[dice.name], DICE_VALUE, actor=lead)
    reveal(session, contributions[dice.name], DICE_VALUE, actor=users[Role.PURCHASER])
    return draw_sample(session, ceremony, actor=lead)


def _desk(session: Session, evaluation: Evaluation, users: dict[Role, User]) -> None:
    """Set the widest calling hours allowed, so that the desk can be tried at any time of day."""
    all_day = [["08:00", "21:00"]]
    hours = {"working_days": all_day, "rest_days": all_day, "call_on_public_holidays": True}
    set_settings(session, evaluation, hours, actor=users[Role.LEAD])


def _fieldwork(session: Session, draw: Draw, interviewers: Sequence[User]) -> None:
    cases = list(session.scalars(select(Case).where(Case.draw_id == draw.id).order_by(Case.ticket)))
    pick = random.Random(DICE_VALUE)  # noqa: S311 - the same cases every time
    pick.shuffle(cases)
    outcomes = [code for code, count in NOT_REACHED for _ in range(count)]
    interviews = planned_interviews()
    for number, (case, plan) in enumerate(zip(cases, interviews, strict=False)):
        at = FIELDWORK_FROM + timedelta(hours=24 * (number // 16), minutes=25 * (number % 16))
        submit_response(
            session,
            case,
            mode=plan.mode,
            answers=plan.answers | (BY_GUARDIAN if _is_child(case, at) else {}),
            submission_key=uuid.uuid5(_NAMESPACE, f"interview {number}"),
            started_at=at - timedelta(minutes=6),
            interviewer=None if plan.mode == "web" else interviewers[number % len(interviewers)],
            at=at,
        )
    for number, (case, code) in enumerate(zip(cases[len(interviews) : -LEFT_OPEN], outcomes, strict=True)):
        # Non-contacts: three attempts on three days in different parts of the day, as the attempt rule asks.
        tries = 3 if code.startswith("NC") else 1
        for turn in range(tries):
            record_attempt(
                session,
                case,
                attempt_key=uuid.uuid5(_NAMESPACE, f"attempt {number} {turn}"),
                mode="visit" if code == "NC5" else "phone",
                outcome=code,
                interviewer=interviewers[number % len(interviewers)],
                note="演示" if OUTCOMES[code].note_required else "",
                at=FIELDWORK_FROM + timedelta(days=2 * turn, hours=3 * turn, minutes=7 * number),
            )


def _is_child(case: Case, at: datetime) -> bool:
    return protection(case.recipient.birth_year, local(at).date()).guardian_consents


def _scores(session: Session, evaluation: Evaluation, users: dict[Role, User]) -> None:
    for role, item, area, given in GIVEN:
        enter_score(session, evaluation, role=role, item=item, area=area, given=given, actor=users[role])
    for code, value in FACTS.items():
        state_fact(session, evaluation, code=code, value=value, actor=users[Role.LEAD])
    for code, name, unit, target, done, printed in INDICATORS:
        state_indicator(
            session,
            evaluation,
            code=code,
            name=name,
            unit=unit,
            target=target,
            done=done,
            printed_percent=printed,
            actor=users[Role.STATION],
        )
