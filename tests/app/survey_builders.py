"""Builder of a small survey: a station, a sealed frame of invented people, the draw, two interviewers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.commands import create_user
from app.desk.commands.links import issue_link
from app.documents.commands import add_document
from app.evaluations.commands.evaluations import AreaPlan, add_member, create_evaluation, create_station
from app.ledger.commands.frames import seal_frame
from app.models import Case, Contact, Evaluation, Frame, Recipient, Response, Role, Settlement, User
from surveys.library import body
from tests.builders import KEPT_UNTIL, a_ceremony, a_draw_of, assign_cases
from tests.copies import kept

PASSWORD = "correct-horse"
# By village, so that the first case is the same person whatever the draw.
NAMES = ("欧阳小明", "𠮷阿妹")


@dataclass
class Survey:
    """A small survey, for tests of fieldwork."""

    session: Session
    evaluation: Evaluation
    interviewer: User
    other: User
    lead: User

    @property
    def cases(self) -> list[Case]:
        """The cases in the order of the list."""
        return list(self.session.scalars(select(Case).order_by(Case.stratum, Case.position)))

    @property
    def responses(self) -> list[Response]:
        """Everything stored, in order."""
        return list(self.session.scalars(select(Response).order_by(Response.id)))

    def link(self, case: Case) -> str:
        """The path of a new personal link."""
        token = issue_link(self.session, case)
        self.session.commit()
        return f"/q/{token}"

    def settle(self) -> None:
        """Settle the score; its figures do not matter to fieldwork."""
        digest = "0" * 64
        self.session.add(
            Settlement(
                evaluation_id=self.evaluation.id,
                total="87.6",
                grade="良好",
                inputs={},
                inputs_digest=digest,
                sheet={},
                certificate_digest=digest,
                scheme_digest=digest,
                questionnaire_digest=digest,
                audit_head=digest,
            )
        )
        self.session.commit()


@kept
def a_survey(
    session: Session,
    people: int = 3,
    *,
    birth_year: int | None = None,
    questionnaire_of: tuple[str, int] = ("recipient", 1),
    document: object = None,
) -> Survey:
    """People in two villages, all drawn (fewer than a hundred: full coverage), all dealt to one interviewer.

    `document` is the questionnaire where it is none of those delivered.
    """
    station = create_station(
        session,
        name="石壁街社工服务站",
        operator="某社会工作服务中心",
        street="石壁街",
        district="番禺区",
        areas=[AreaPlan("第一片区", ["石壁一村", "石壁二村"])],
    )
    questionnaire = add_document(session, "questionnaire", document or body("questionnaires", *questionnaire_of))
    scheme = add_document(session, "scheme", body("schemes", "guangzhou-2023", 1))
    session.flush()
    evaluation = create_evaluation(
        session,
        slug="shibi-test",
        station=station,
        stage="midterm",
        title="石壁街社工服务站中期评估",
        period=(date(2023, 1, 1), date(2023, 12, 31)),
        held_on=date(2023, 7, 1),
        evaluator="某评估中心",
        commissioner="某区民政局",
        purchaser="石壁街道办事处",
        questionnaire=questionnaire,
        scheme=scheme,
        keep_until=KEPT_UNTIL,
        hotline="020-80000099",
    )
    _people(session, evaluation, people, birth_year)
    interviewer, other, lead = (
        create_user(session, username=name, display_name=shown, password=PASSWORD)
        for name, shown in (("lan", "兰访问员"), ("mei", "梅访问员"), ("zhou", "周负责人"))
    )
    session.flush()
    add_member(session, evaluation, interviewer, Role.INTERVIEWER)
    add_member(session, evaluation, lead, Role.LEAD)
    seal_frame(session, evaluation, typed_name=station.name)
    session.flush()
    a_draw_of(session, a_ceremony(session, evaluation))
    assign_cases(session, evaluation)
    add_member(session, evaluation, other, Role.INTERVIEWER)
    session.commit()
    return Survey(session, evaluation, interviewer, other, lead)


def _people(session: Session, evaluation: Evaluation, people: int, birth_year: int | None) -> None:
    frame = Frame(evaluation_id=evaluation.id, people_count=people, priority_count=people)
    session.add(frame)
    session.flush()
    villages = evaluation.station.villages
    for number in range(people):
        recipient = Recipient(
            frame_id=frame.id,
            key=f"{number:032x}",
            village_id=villages[number % len(villages)].id,
            categories="02,04",
            priority=True,
        )
        recipient.birth_year = birth_year
        recipient.contact = Contact(
            name=NAMES[number % len(NAMES)],
            phones=[f"1990000{number:04d}"],
            address="石壁村某巷 1 号",
            guardian=None,
            guardian_phones=[],
        )
        session.add(recipient)
    session.flush()
