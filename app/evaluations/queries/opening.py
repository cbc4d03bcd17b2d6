"""What stands in the way of opening an evaluation, all of it at once, and what is proposed for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.clock import local, now
from app.documents.labels import DOCUMENT_KINDS
from app.localisation import to_visitor
from app.models import Document, Evaluation, Station, User
from app.retention.labels import WHY_NOT
from app.shared.labels import STAGES
from app.shared.queries import recused_from
from surveys import library
from surveys.problems import Problems
from surveys.reading import SLUG
from surveys.retention import problem_of_first
from surveys.setup import DocumentChoice, EvaluationSetup, StationSetup, read_setup
from surveys.setup.identity import identity_of
from surveys.setup.model import NO_DAY

LONGEST_SLUG = 80
# Where delivered documents of each kind stand (surveys.library).
DELIVERED = {"questionnaire": "questionnaires", "scheme": "schemes", "outcomes": "outcomes"}
EVALUATORS, INTERESTED = {"lead", "interviewer"}, {"station", "purchaser"}


@dataclass(frozen=True)
class SetupProblem:
    """One thing that stands in the way: its place in the description (empty for the whole), and a sentence."""

    place: str
    message: str


@dataclass(frozen=True)
class StationYear:
    """What there is one evaluation of: a station's stage in a service period (first and last day)."""

    station_id: int
    stage: str
    start: date
    end: date


def station_named(session: Session, name: str) -> Station | None:
    """The station of this name, however its blanks and widths are written."""
    return session.scalar(select(Station).where(Station.identity == identity_of(name)))


def problem_of_slug(session: Session, slug: str) -> str:
    """What is wrong with the short name of a new evaluation, "" for nothing."""
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        return str(_("简称只用小写字母、数字和连字符，例如 shibi-2023-midterm。"))
    if session.scalar(select(Evaluation.id).where(Evaluation.slug == slug)):
        return str(_("简称「%(slug)s」已经用过。", slug=slug))
    return ""


def problem_of_year(session: Session, year: StationYear, *, besides: Evaluation | None = None) -> str:
    """The sentence that refuses a second evaluation of a station's stage and overlapping period, "" for none."""
    query = _of_year(year).where(Evaluation.withdrawn_at.is_(None))
    if besides is not None:
        query = query.where(Evaluation.id != besides.id)
    present = session.scalars(query.order_by(Evaluation.id)).first()
    if present is None:
        return ""
    return str(
        _(
            "这个站的这一服务期已经有%(stage)s评估「%(title)s」（%(slug)s）。同站、同服务期、同阶段只有一次；"
            "要重做，先撤销那一次。",
            stage=STAGES[present.stage],
            title=present.title,
            slug=present.slug,
        )
    )


def evaluation_to_replace(session: Session, year: StationYear) -> Evaluation | None:
    """The withdrawn evaluation in whose place a new one of this station, stage and period stands, the latest."""
    query = _of_year(year).where(Evaluation.withdrawn_at.is_not(None))
    return session.scalars(query.order_by(Evaluation.withdrawn_at.desc(), Evaluation.id.desc())).first()


def _of_year(year: StationYear) -> Select[Evaluation]:
    return select(Evaluation).where(
        Evaluation.station_id == year.station_id,
        Evaluation.stage == year.stage,
        Evaluation.period_start <= year.end,
        Evaluation.period_end >= year.start,
    )


def read_and_check(session: Session, slug: str, body: object) -> tuple[EvaluationSetup, list[SetupProblem]]:
    """The description in a JSON body, and everything that stands in the way of opening it under this short name."""
    problems = Problems()
    setup = read_setup(problems, body)
    found = [SetupProblem(problem.place, to_visitor(problem.message)) for problem in problems.entries]
    said = {problem.place for problem in found}
    return setup, found + [problem for problem in _problems(session, slug, setup) if problem.place not in said]


def _problems(session: Session, slug: str, setup: EvaluationSetup) -> Iterator[SetupProblem]:
    if problem := problem_of_slug(session, slug):
        yield SetupProblem("slug", problem)
    station = station_named(session, setup.station.name) if setup.station.name else None
    if station is None:
        yield from _lacking_of_new(setup.station)
    else:
        yield from _different_from_known(station, setup.station)
        yield from _year(session, station, setup)
    yield from _keep_until(setup)
    yield from _documents(session, setup)
    yield from _members(session, station, setup)


def _lacking_of_new(station: StationSetup) -> Iterator[SetupProblem]:
    for name in ("operator", "street", "district"):
        if not getattr(station, name):
            yield SetupProblem(f"station.{name}", _("新的社工站要填写这一项。"))
    if not station.areas:
        yield SetupProblem("station.areas", _("至少填写一个片区，每个片区至少一个村居。"))


def _different_from_known(station: Station, given: StationSetup) -> Iterator[SetupProblem]:
    """A station is changed on its own page, not by opening an evaluation of it."""
    for name in ("operator", "street", "district"):
        if getattr(given, name) and getattr(given, name) != getattr(station, name):
            known = getattr(station, name)
            yield SetupProblem(f"station.{name}", _("与已登记的不同：「%(known)s」。可以不填。", known=known))
    present = {(village.area.name, village.name) for village in station.villages}
    if given.areas and {(area.name, village) for area in given.areas for village in area.villages} != present:
        yield SetupProblem("station.areas", _("与已登记的片区和村居不同。可以不填，建立以后再改。"))


def _year(session: Session, station: Station, setup: EvaluationSetup) -> Iterator[SetupProblem]:
    if setup.stage and NO_DAY not in (setup.period_start, setup.period_end):
        year = StationYear(station.id, setup.stage, setup.period_start, setup.period_end)
        if problem := problem_of_year(session, year):
            yield SetupProblem("stage", problem)


def _keep_until(setup: EvaluationSetup) -> Iterator[SetupProblem]:
    if NO_DAY in (setup.keep_until, setup.held_on):
        return
    problem = problem_of_first(setup.keep_until, setup.held_on, local(now()).date())
    if problem is not None:
        yield SetupProblem("keep_until", str(WHY_NOT[problem]))


def _documents(session: Session, setup: EvaluationSetup) -> Iterator[SetupProblem]:
    for kind, choice in chosen_documents(setup).items():
        if choice.id and published(session, kind, choice) is None:
            yield SetupProblem(kind, _not_published(kind, choice))


def chosen_documents(setup: EvaluationSetup) -> Mapping[str, DocumentChoice]:
    """The documents of a description by kind."""
    choices = {"questionnaire": setup.questionnaire, "scheme": setup.scheme, "outcomes": setup.outcomes}
    return {kind: choice for kind, choice in choices.items() if choice is not None}


def published(session: Session, kind: str, choice: DocumentChoice) -> Document | None:
    """The published document that was chosen, the newest version where none is named."""
    query = select(Document).where(Document.kind == kind, Document.document_id == choice.id)
    if choice.version is not None:
        query = query.where(Document.version == choice.version)
    return session.scalars(query.order_by(Document.version.desc()).limit(1)).first()


def account_named(session: Session, username: str) -> User:
    """The account of this name, which was looked for before."""
    return session.scalars(select(User).where(User.username == username)).one()


def _not_published(kind: str, choice: DocumentChoice) -> str:
    name = choice.id if choice.version is None else f"{choice.id} {choice.version}"
    stems = library.digests(DELIVERED[kind])
    versions = {stem.rsplit("-", 1)[1] for stem in stems if stem.rsplit("-", 1)[0] == choice.id}
    if versions and (choice.version is None or str(choice.version) in versions):
        return str(
            _(
                "随系统提供的%(kind)s「%(name)s」还没有发布。先运行 `flask setup`。",
                kind=DOCUMENT_KINDS[kind],
                name=name,
            )
        )
    return str(_("没有发布过%(kind)s「%(name)s」。", kind=DOCUMENT_KINDS[kind], name=name))


def _members(session: Session, station: Station | None, setup: EvaluationSetup) -> Iterator[SetupProblem]:
    roles: dict[str, set[str]] = {}
    for number, member in enumerate(setup.members):
        if not member.username or not member.role:
            continue
        user = session.scalar(select(User).where(User.username == member.username))
        roles.setdefault(member.username, set()).add(member.role)
        if problem := _problem_of_member(session, station, user, member.username, member.role, roles[member.username]):
            yield SetupProblem(f"members[{number}]", problem)


def _problem_of_member(
    session: Session, station: Station | None, user: User | None, username: str, role: str, roles: set[str]
) -> str:
    if user is None:
        return str(_("没有账号「%(name)s」。", name=username))
    if not user.active:
        return str(_("账号「%(name)s」已停用。", name=username))
    if roles & EVALUATORS and roles & INTERESTED:
        return str(_("与社工站有利害关系的人要回避，不能同时参与评估。"))
    if station is not None and role in EVALUATORS and recused_from(session, station.id, user.id):
        return str(_("「%(name)s」已声明与这个社工站有利益关系，要回避。", name=username))
    return ""
