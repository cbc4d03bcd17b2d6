"""A settled result computed again: from what was frozen with it, and from what the database holds by now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Document, Evaluation, Settlement
from app.scores.queries.scores import BASES, score_of
from app.shared.queries import settlement_of
from sampling.certificate import Mismatch
from surveys.scoring import Comparison, Inputs, InvalidScheme, ScoreInputError, ScoreSheet, compare, parse, sheet_of


@dataclass(frozen=True)
class Recomputation:
    """A settled result beside its recomputation; `problem` says why one could not be made.

    `differences` name what is not as it was settled, in words; none when everything agrees.
    """

    settled: Mapping[str, Any]
    frozen: Comparison | None
    live: Comparison | None
    differences: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether both recomputations give the settled result."""
        return not self.differences


def recompute(session: Session, evaluation: Evaluation, settlement: Settlement) -> Recomputation:
    """Compute a settled result twice over: from its frozen inputs, and from responses, points and frame as they are.

    The first answers whether the settled points follow from the settled inputs by the settled scheme, the second
    whether anything was altered since.
    """
    differences: list[str] = []
    frozen = _compared(differences, settlement, "保存的依据", lambda: _from_frozen(session, evaluation, settlement))
    live = _compared(differences, settlement, "现在的数据", lambda: score_of(session, evaluation).sheet)
    for name, settled, current in (
        ("评分方案", settlement.scheme_digest, evaluation.scheme.digest),
        ("问卷", settlement.questionnaire_digest, evaluation.questionnaire.digest),
    ):
        if settled != current:
            differences.append(f"{name}的摘要与定案时不同。")
    return Recomputation(settlement.sheet, frozen, live, tuple(differences))


def _from_frozen(session: Session, evaluation: Evaluation, settlement: Settlement) -> ScoreSheet:
    document = session.scalar(
        select(Document).where(Document.kind == "scheme", Document.digest == settlement.scheme_digest)
    )
    if document is None:
        raise ScoreInputError("定案所用的评分方案已不在库里。")
    return sheet_of(Inputs.from_dict(_completed(settlement.inputs, evaluation)), parse(document.body))


def _completed(inputs: Mapping[str, Any], evaluation: Evaluation) -> dict[str, Any]:
    """Inputs of settlements made before areas, stage and bases were stored: none of these can change once settled."""
    statistics = {
        name: None if s is None else {"base": BASES.get(name, "")} | s for name, s in inputs["statistics"].items()
    }
    return {
        "areas": [[area.code, area.name] for area in evaluation.station.areas],
        "stage": evaluation.stage,
        **inputs,
        "statistics": statistics,
    }


def _compared(
    differences: list[str], settlement: Settlement, source: str, make: Callable[[], ScoreSheet]
) -> Comparison | None:
    try:
        sheet = make()
    except Mismatch as mismatch:
        differences += [f"{source}：抽样与登记不一致，{one.reason}" for one in mismatch.differences]
        return None
    except InvalidScheme:
        differences.append(f"{source}：定案所用的评分方案读不出来。")
        return None
    except ScoreInputError as error:
        differences.append(f"{source}：{error}")
        return None
    found = compare(settlement.sheet, sheet.to_dict())
    for line in found.lines:
        if not line.same:
            differences.append(f"{source}：{line.name} {_change(line.before, line.after)}{_because(line.causes)}")
    differences += [f"{source}：{words}" for words in found.conditions]
    if not found.total.same:
        differences.append(f"{source}：总分 {_change(found.total.before, found.total.after)}")
    if found.grades[0] != found.grades[1]:
        differences.append(f"{source}：等级 {found.grades[0]} → {found.grades[1]}")
    if sheet.digest != settlement.inputs_digest and found.same:
        differences.append(f"{source}：依据的摘要与定案时不同，分数没有变。")
    return found


def _change(before: object, after: object) -> str:
    return f"{'（无）' if before is None else before} → {'（无）' if after is None else after}"


def _because(causes: tuple[str, ...]) -> str:
    return f"（{'；'.join(causes)}）" if causes else ""


def sheet_for_comparison(session: Session, evaluation: Evaluation) -> Mapping[str, Any]:
    """The settled sheet of an evaluation, or the one that stands by now; raises sampling.certificate.Mismatch."""
    settlement = settlement_of(session, evaluation)
    return settlement.sheet if settlement else score_of(session, evaluation).sheet.to_dict()


def comparison_json(found: Comparison) -> dict[str, Any]:
    """A comparison as JSON; numbers as text."""
    return {
        "same": found.same,
        "items": [
            {
                "code": line.code,
                "name": line.name,
                "before": None if line.before is None else str(line.before),
                "after": None if line.after is None else str(line.after),
                "difference": None if line.difference is None else str(line.difference),
                "causes": list(line.causes),
            }
            for line in (*found.lines, found.total)
        ],
        "grades": list(found.grades),
        "conditions": list(found.conditions),
    }
