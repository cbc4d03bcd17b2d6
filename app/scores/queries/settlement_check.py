"""Recomputes a settled result: from the inputs frozen with it, and from the data in the database now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.localisation import to_visitor
from app.models import Document, Evaluation, Settlement
from app.scores.queries.scores import score_of
from app.shared.queries import settlement_of
from sampling.certificate import Mismatch
from sampling.text import NOTHING_SAID, Text
from surveys.scoring import Comparison, Inputs, InvalidScheme, ScoreInputError, ScoreSheet, compare, parse, sheet_of
from surveys.scoring.facts import BASES

FROZEN, LIVE = Text("保存的依据：", "The stored inputs: "), Text("现在的数据：", "The data as they are: ")
DRAW_DIFFERS = Text("抽样与登记不一致，", "the draw is not as recorded. ")
UNREADABLE = Text("定案所用的评分方案读不出来。", "the scoring scheme of the settlement cannot be read.")
ONLY_THE_INPUTS = Text(
    "依据的摘要与定案时不同，分数没有变。",
    "the digest of the inputs is not that of the settlement; the points are the same.",
)


@dataclass(frozen=True)
class Recomputation:
    """A settled result and its two recomputations; one that could not be made is None, explained in `differences`.

    `differences` describe what is not as it was settled; empty when everything agrees.
    """

    settled: Mapping[str, Any]
    frozen: Comparison | None
    live: Comparison | None
    differences: tuple[Text, ...]

    @property
    def same(self) -> bool:
        """Whether both recomputations give the settled result."""
        return not self.differences


def recompute(session: Session, evaluation: Evaluation, settlement: Settlement) -> Recomputation:
    """Compute a settled result twice: from its frozen inputs, and from the current responses, points and frame.

    The first answers whether the settled points follow from the settled inputs by the settled scheme, the second
    whether anything was altered since.
    """
    differences: list[Text] = []
    frozen = _compared(differences, settlement, FROZEN, lambda: _from_frozen(session, evaluation, settlement))
    live = _compared(differences, settlement, LIVE, lambda: score_of(session, evaluation).sheet)
    for name, settled, current in (
        (Text("评分方案", "scoring scheme"), settlement.scheme_digest, evaluation.scheme.digest),
        (Text("问卷", "questionnaire"), settlement.questionnaire_digest, evaluation.questionnaire.digest),
    ):
        if settled != current:
            differences.append(
                Text(f"{name.zh}的摘要与定案时不同。", f"The digest of the {name.en} is not that of the settlement.")
            )
    return Recomputation(settlement.sheet, frozen, live, tuple(differences))


def _from_frozen(session: Session, evaluation: Evaluation, settlement: Settlement) -> ScoreSheet:
    document = session.scalar(
        select(Document).where(Document.kind == "scheme", Document.digest == settlement.scheme_digest)
    )
    if document is None:
        raise ScoreInputError(
            Text("定案所用的评分方案已不在库里。", "The scoring scheme of the settlement is no longer stored.")
        )
    return sheet_of(Inputs.from_dict(_completed(settlement.inputs, evaluation)), parse(document.body))


def _completed(inputs: Mapping[str, Any], evaluation: Evaluation) -> dict[str, Any]:
    """Add areas, stage and bases to the inputs of older settlements, which lack them; none can change once settled."""
    statistics = {
        name: None if statistic is None else {"base": BASES.get(name, NOTHING_SAID).zh} | statistic
        for name, statistic in inputs["statistics"].items()
    }
    return {
        "areas": [[area.code, area.name] for area in evaluation.station.areas],
        "stage": evaluation.stage,
        **inputs,
        "statistics": statistics,
    }


def _compared(
    differences: list[Text], settlement: Settlement, source: Text, make: Callable[[], ScoreSheet]
) -> Comparison | None:
    try:
        sheet = make()
    except Mismatch as mismatch:
        differences += [source + DRAW_DIFFERS + difference.reason for difference in mismatch.differences]
        return None
    except InvalidScheme:
        differences.append(source + UNREADABLE)
        return None
    except ScoreInputError as error:
        differences.append(source + error.message)
        return None
    comparison = compare(settlement.sheet, sheet.to_dict())
    for line in comparison.lines:
        if not line.same:
            differences.append(source + _change(line.name, line.before, line.after) + _because(line.causes))
    differences += [source + words for words in comparison.conditions]
    if not comparison.total.same:
        differences.append(source + _change(comparison.total.name, comparison.total.before, comparison.total.after))
    if comparison.grades[0] != comparison.grades[1]:
        differences.append(source + _graded(*comparison.grade_names))
    if sheet.digest != settlement.inputs_digest and comparison.same:
        differences.append(source + ONLY_THE_INPUTS)
    return comparison


def _change(what: Text, before: object, after: object) -> Text:
    zh, en = (
        " → ".join(none if points is None else str(points) for points in (before, after))
        for none in ("（无）", "(none)")
    )
    return Text(f"{what.zh} {zh}", f"{what.en} {en}")


def _graded(before: Text | None, after: Text | None) -> Text:
    zh, en = before and before.zh, before and before.en
    return Text(f"等级 {zh} → {after and after.zh}", f"Grade {en} → {after and after.en}")


def _because(causes: tuple[Text, ...]) -> Text:
    if not causes:
        return NOTHING_SAID
    return Text(f"（{'；'.join(cause.zh for cause in causes)}）", f" ({'; '.join(cause.en for cause in causes)})")


def sheet_for_comparison(session: Session, evaluation: Evaluation) -> Mapping[str, Any]:
    """The settled sheet of an evaluation, or else its current one; raises sampling.certificate.Mismatch."""
    settlement = settlement_of(session, evaluation)
    return settlement.sheet if settlement else score_of(session, evaluation).sheet.to_dict()


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """A comparison as JSON, in the language of the command line; numbers as text."""
    return {
        "same": comparison.same,
        "items": [
            {
                "code": line.code,
                "name": to_visitor(line.name),
                "before": None if line.before is None else str(line.before),
                "after": None if line.after is None else str(line.after),
                "difference": None if line.difference is None else str(line.difference),
                "causes": [to_visitor(cause) for cause in line.causes],
            }
            for line in (*comparison.lines, comparison.total)
        ],
        "grades": [grade and to_visitor(grade) for grade in comparison.grade_names],
        "conditions": [to_visitor(words) for words in comparison.conditions],
    }
