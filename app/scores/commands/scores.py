"""Entering points of the parties, stating facts of the station, and settling the result."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.audit.commands import head, record
from app.documents.queries import scheme_of
from app.localisation import to_visitor
from app.models import (
    ContractIndicator,
    Evaluation,
    PartyScore,
    Role,
    ScoreOverride,
    Settlement,
    StationFact,
    User,
)
from app.scores.queries.scores import PARTY_OF_ROLE, newest_overrides, score_of
from app.shared.errors import Refused
from app.shared.guards import reason_given, refuse_when_recused, refuse_when_settled
from app.shared.labels import listed
from app.shared.limits import LONGEST_REASON
from surveys.scoring.scheme import Scheme


def enter_score(
    session: Session,
    evaluation: Evaluation,
    *,
    role: Role,
    item: str,
    area: str = "",
    given: str | Decimal,
    comment: str = "",
    actor: User | None = None,
) -> PartyScore:
    """Enter points of one's own party for one item; a later entry replaces it in the sheet and both are kept."""
    refuse_when_settled(session, evaluation)
    refuse_when_recused(session, evaluation, actor)
    scheme = scheme_of(evaluation)
    party = PARTY_OF_ROLE.get(role)
    scheme_item = next((each for p in scheme.parties if p.code == party for each in p.items if each.code == item), None)
    if scheme_item is None:
        raise Refused(_("这个评分项不由您填写。"), "not-your-item")
    if scheme_item.kind != "given":
        raise Refused(_("「%(name)s」由统计结果算出，不能手工填写。", name=to_visitor(scheme_item.name)), "computed")
    areas = {a.code for a in evaluation.station.areas}
    if scheme_item.per_area != bool(area) or (area and area not in areas):
        raise Refused(_("「%(name)s」的片区不对。", name=to_visitor(scheme_item.name)), "area")
    points = _points(given, scheme_item.maximum, to_visitor(scheme_item.name))
    row = PartyScore(
        evaluation_id=evaluation.id,
        party=party,
        item=item,
        area=area,
        given=points,
        comment=comment.strip()[:1000],
    )
    row.entered_by_id = actor.id if actor else None
    session.add(row)
    record(
        session,
        "score.entered",
        actor=actor,
        evaluation=evaluation,
        details={"item": item, "area": area, "given": str(points)},
    )
    return row


def override_item(
    session: Session,
    evaluation: Evaluation,
    *,
    item: str,
    points: str | Decimal | None,
    reason: str,
    actor: User | None = None,
) -> ScoreOverride:
    """Override the points of a computed item, or (None) withdraw the override; a reason is always required.

    A later entry replaces an earlier one, and all are kept.
    """
    refuse_when_settled(session, evaluation)
    refuse_when_recused(session, evaluation, actor)
    scheme_item = next((each for p in scheme_of(evaluation).parties for each in p.items if each.code == item), None)
    if scheme_item is None or scheme_item.kind != "computed":
        raise Refused(_("只有由统计结果算出的项可以改分。"), "not-computed")
    reason = reason_given(reason, LONGEST_REASON, _("请写明理由，会印在评分表上。"))
    given = None if points is None else _points(points, scheme_item.maximum, to_visitor(scheme_item.name))
    if given is None and item not in newest_overrides(session, evaluation):
        raise Refused(_("「%(name)s」没有改过分，不用撤回。", name=to_visitor(scheme_item.name)), "nothing")
    row = ScoreOverride(evaluation_id=evaluation.id, item=item, points=given, reason=reason)
    row.entered_by_id = actor.id if actor else None
    session.add(row)
    record(
        session,
        "score.overridden" if given is not None else "score.override_withdrawn",
        actor=actor,
        evaluation=evaluation,
        details={"item": item, "given": None if given is None else str(given), "reason": reason},
    )
    return row


def _points(given: str | Decimal, maximum: Decimal, name: str) -> Decimal:
    try:
        points = Decimal(str(given).strip())
    except InvalidOperation as error:
        raise Refused(_("「%(name)s」请填数字。", name=name), "not-a-number") from error
    if not points.is_finite() or not 0 <= points <= maximum:
        raise Refused(_("「%(name)s」要在 0 到 %(maximum)s 之间。", name=name, maximum=maximum), "out-of-range")
    if points != points.quantize(Decimal("0.01")):
        raise Refused(_("「%(name)s」最多两位小数。", name=name), "too-fine")
    return points


def state_fact(
    session: Session, evaluation: Evaluation, *, code: str, value: str, actor: User | None = None
) -> StationFact:
    """State a fact of the station that a disqualifying condition looks at; a later statement replaces it."""
    refuse_when_settled(session, evaluation)
    refuse_when_recused(session, evaluation, actor)
    fact = StationFact(evaluation_id=evaluation.id, code=code, value=_fact(scheme_of(evaluation), code, value))
    fact.stated_by_id = actor.id if actor else None
    session.add(fact)
    record(
        session,
        "fact.stated",
        actor=actor,
        evaluation=evaluation,
        details={"code": code, "value": fact.value},
    )
    return fact


def _fact(scheme: Scheme, code: str, value: str) -> str:
    known = scheme.facts
    if code not in known:
        raise Refused(_("没有这一项。"), "unknown-fact")
    value = value.strip().lower()
    if known[code] == "declared":
        if value not in ("true", "false"):
            raise Refused(_("请选择「是」或「否」。"), "not-yes-no")
        return value
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise Refused(_("请填数字。"), "not-a-number") from error
    if not number.is_finite() or not 0 <= number <= 1_000_000:
        raise Refused(_("请填 0 到 1000000 之间的数字。"), "out-of-range")
    return str(number)


def state_indicator(
    session: Session,
    evaluation: Evaluation,
    *,
    code: str,
    name: str,
    unit: str,
    target: int | None,
    done: int,
    printed_percent: str | None = None,
    actor: User | None = None,
) -> ContractIndicator:
    """Record the target of a contract indicator and the quantity done, as the station reports them."""
    row = ContractIndicator(
        evaluation_id=evaluation.id,
        code=code,
        name=name,
        unit=unit,
        target=target,
        done=done,
        printed_percent=printed_percent,
    )
    session.add(row)
    record(
        session,
        "indicator.stated",
        actor=actor,
        evaluation=evaluation,
        details={"code": code, "target": target, "done": done},
    )
    return row


def settle_score(
    session: Session, evaluation: Evaluation, *, shortfall_reason: str = "", actor: User | None = None
) -> Settlement:
    """Settle the result: everything that made it is stored, and nothing that made it can change afterwards.

    Refused while anything is missing; with fewer valid responses than the rule requires, a reason must be given.
    """
    refuse_when_settled(session, evaluation)
    refuse_when_recused(session, evaluation, actor)
    outcome = score_of(session, evaluation)
    sheet = outcome.sheet
    if sheet.total is None or sheet.grade is None:
        raise Refused(_("评分还不完整：%(missing)s。", missing=listed(map(to_visitor, outcome.missing))), "incomplete")
    if outcome.shortfall and not shortfall_reason.strip():
        raise Refused(
            _(
                "有效答卷还差 %(n)s 份才达到规定数量。补足，或写明原因（会印在报告上）。",
                n=outcome.shortfall,
            ),
            "shortfall",
        )
    inputs = sheet.inputs.to_dict() | {"shortfall_reason": shortfall_reason.strip() or None}
    settlement = Settlement(
        evaluation_id=evaluation.id,
        total=str(sheet.total),
        grade=sheet.grade.zh,
        inputs=json.loads(json.dumps(inputs, ensure_ascii=False)),
        inputs_digest=sheet.digest,
        sheet=sheet.to_dict(),
        certificate_digest=outcome.evidence.digest,
        scheme_digest=evaluation.scheme.digest,
        questionnaire_digest=evaluation.questionnaire.digest,
        audit_head=head(session),
    )
    settlement.settled_by_id = actor.id if actor else None
    session.add(settlement)
    session.flush()
    record(
        session,
        "score.settled",
        actor=actor,
        evaluation=evaluation,
        subject=settlement.uuid,
        details={"total": settlement.total, "grade": settlement.grade, "inputs": sheet.digest},
    )
    return settlement
