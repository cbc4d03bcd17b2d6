"""Deciding about findings: one person or two, a visit, a remark, what a village's spelling means; and undoing it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.clock import now
from app.ledger.commands.assembling import assemble_frame, begin_change, empty_frame
from app.ledger.queries.contents import delivered_rows
from app.ledger.queries.findings import subjects_of, undecided_subjects
from app.ledger.reader.decisions import CHOICES, KINDS
from app.ledger.reader.errors import Limits
from app.models import Evaluation, LedgerDecision, LedgerFinding, LedgerUpload, ServiceArea, User, Village
from app.shared.errors import Refused, refused_when_taken
from app.shared.limits import LONGEST_SHORT_REASON

LONGEST_VILLAGE = 60


def decide(
    session: Session,
    evaluation: Evaluation,
    code: str,
    decision: str,
    subjects: Collection[str],
    *,
    reason: str = "",
    limits: Limits,
    actor: User | None = None,
) -> int:
    """Decide the same about findings of one code, and assemble the frame once; returns how many were new.

    Refused for a subject that no finding in use has, and for one decided otherwise meanwhile; deciding the same again
    changes nothing.
    """
    begin_change(session, evaluation)
    kind = KINDS.get(code, "")
    if kind == "village" or decision not in CHOICES.get(kind, ()):
        raise Refused(_("这种发现不能这样决定。"), "decision")
    if not subjects or not set(subjects) <= subjects_of(session, evaluation, code):
        raise Refused(_("这一处已经不在了，可能刚刚改过。请重新打开页面。"), "gone")
    new = [subject for subject in dict.fromkeys(subjects) if _undecided(session, evaluation, kind, subject, decision)]
    if not new:
        return 0
    kept_reason = _short(reason)
    for subject in new:
        made = LedgerDecision(evaluation_id=evaluation.id, kind=kind, subject=subject, decision=decision)
        made.reason, made.decided_by_id = kept_reason, actor.id if actor else None
        session.add(made)
    _assemble_and_record(session, evaluation, limits, actor, {"code": code, "decision": decision, "count": len(new)})
    return len(new)


def decide_all(
    session: Session,
    evaluation: Evaluation,
    code: str,
    decision: str,
    *,
    upload: LedgerUpload | None = None,
    limits: Limits,
    actor: User | None = None,
) -> int:
    """Decide the same about every undecided finding of one code, in all ledgers in use or in one; returns how many."""
    begin_change(session, evaluation)
    subjects = undecided_subjects(session, evaluation, code, upload)
    if not subjects:
        return 0
    return decide(session, evaluation, code, decision, subjects, limits=limits, actor=actor)


def name_alias(
    session: Session,
    evaluation: Evaluation,
    finding: LedgerFinding,
    village: Village,
    *,
    limits: Limits,
    actor: User | None = None,
) -> LedgerDecision:
    """Declare that the spelling of an unknown village means a known one, for this and later ledgers of the station."""
    begin_change(session, evaluation)
    if village.station_id != evaluation.station_id:
        raise Refused(_("这个村居不属于这个社工站。"), "village")
    session.refresh(village)
    spelling = spelling_of(finding, limits)
    made = _about_village(session, evaluation, finding, "alias", spelling, village, actor)
    village.aliases = [*village.aliases, spelling]
    _assemble_and_record(session, evaluation, limits, actor, {"code": finding.code, "decision": "alias", "count": 1})
    return made


def add_village(
    session: Session,
    evaluation: Evaluation,
    finding: LedgerFinding,
    area: ServiceArea,
    name: str,
    *,
    limits: Limits,
    actor: User | None = None,
) -> LedgerDecision:
    """Add an unknown village to the station; where its name is another than the ledger's spelling, that is an alias."""
    begin_change(session, evaluation)
    name, spelling = " ".join(name.split()), spelling_of(finding, limits)
    if area.station_id != evaluation.station_id:
        raise Refused(_("这个片区不属于这个社工站。"), "area")
    if not name or len(name) > LONGEST_VILLAGE or not name.isprintable():
        raise Refused(_("村居名称要写 1 到 %(n)s 个字。", n=LONGEST_VILLAGE), "name")
    names = session.scalars(select(Village.name).where(Village.station_id == evaluation.station_id))
    if name in set(names):
        raise Refused(_("已经有村居「%(name)s」。请选它是哪个村居的另一种写法。", name=name), "name")
    village = Village(station_id=evaluation.station_id, area_id=area.id, code=_next_code(session, area), name=name)
    village.aliases = [] if spelling == name else [spelling]
    session.add(village)
    session.flush()
    made = _about_village(session, evaluation, finding, "new", spelling, village, actor)
    session.expire(evaluation.station, ["villages"])
    _assemble_and_record(session, evaluation, limits, actor, {"code": finding.code, "decision": "new", "count": 1})
    return made


def undo_decision(session: Session, decision: LedgerDecision, *, limits: Limits, actor: User | None = None) -> None:
    """Take a decision back and assemble the frame anew; a second time changes nothing.

    Refused for an added village that something else refers to meanwhile.
    """
    evaluation = decision.evaluation
    begin_change(session, evaluation)
    session.refresh(decision)
    if decision.undone_at is not None:
        return
    decision.undone_at = now()
    decision.undone_by_id = actor.id if actor else None
    if decision.kind == "village":
        _take_back_spelling(session, decision)
    session.flush()
    details: dict[str, object] = {"decision": decision.decision, "count": 1}
    _assemble_and_record(session, evaluation, limits, actor, details, action="ledger.decision_undone")


def _take_back_spelling(session: Session, decision: LedgerDecision) -> None:
    """Take the alias from its village, or the village that was added from the station."""
    evaluation, village = decision.evaluation, decision.village
    if village is None:
        return
    if decision.decision == "alias":
        village.aliases = [alias for alias in village.aliases if alias != decision.spelling]
        return
    empty_frame(session, evaluation)
    decision.village_id = None
    taken = _("这个村居已经用在别处（另一种写法或另一次评估），不能撤销。")
    with refused_when_taken(session, taken, "village"):
        session.delete(village)
    session.expire(evaluation.station, ["villages"])


def spelling_of(finding: LedgerFinding, limits: Limits) -> str:
    """What the ledger writes for the village of this finding; Refused where that is nothing, or no name of a place."""
    place = (finding.sheet, finding.row_number)
    row = delivered_rows(finding.upload, {place}, limits).get(place)
    spelling = row.cells.get("village", "") if row else ""
    if not spelling or len(spelling) > LONGEST_VILLAGE or re.search(r"[0-9]{5}", spelling):
        raise Refused(_("这一格写的不像村居名称。请改这一格。"), "spelling")
    return spelling


def _about_village(
    session: Session,
    evaluation: Evaluation,
    finding: LedgerFinding,
    decision: str,
    spelling: str,
    village: Village,
    actor: User | None,
) -> LedgerDecision:
    subject = finding.subject or ""
    _undecided(session, evaluation, "village", subject, "")
    made = LedgerDecision(evaluation_id=evaluation.id, kind="village", subject=subject, decision=decision)
    made.spelling, made.village_id, made.decided_by_id = spelling, village.id, actor.id if actor else None
    session.add(made)
    return made


def _undecided(session: Session, evaluation: Evaluation, kind: str, subject: str, decision: str) -> bool:
    """Whether nothing is decided about a subject; Refused where something else is."""
    earlier = session.scalar(
        select(LedgerDecision).where(
            LedgerDecision.evaluation_id == evaluation.id,
            LedgerDecision.kind == kind,
            LedgerDecision.subject == subject,
            LedgerDecision.undone_at.is_(None),
        )
    )
    if earlier is not None and earlier.decision != decision:
        raise Refused(_("别人已经作了另一个决定。要改，先在「已作的决定」里撤销它。"), "decided")
    return earlier is None


def _next_code(session: Session, area: ServiceArea) -> str:
    """The code after the last of the area's villages, as create_station makes them (area 1 → "0101", "0102")."""
    codes: Sequence[str] = session.scalars(select(Village.code).where(Village.station_id == area.station_id)).all()
    prefix = f"{int(area.code):02d}" if area.code.isdigit() else area.code
    places = [int(code[len(prefix) :]) for code in codes if code.startswith(prefix) and code[len(prefix) :].isdigit()]
    return f"{prefix}{max(places, default=0) + 1:02d}"


def _assemble_and_record(
    session: Session,
    evaluation: Evaluation,
    limits: Limits,
    actor: User | None,
    details: dict[str, object],
    action: str = "ledger.decided",
) -> None:
    session.flush()
    assemble_frame(session, evaluation, limits=limits)
    record(session, action, actor=actor, evaluation=evaluation, subject=evaluation.uuid, details=details)


def _short(reason: str) -> str | None:
    reason = " ".join(reason.split())
    if len(reason) > LONGEST_SHORT_REASON or not reason.isprintable():
        raise Refused(_("理由最多 %(n)s 个字。", n=LONGEST_SHORT_REASON), "reason")
    return reason or None
