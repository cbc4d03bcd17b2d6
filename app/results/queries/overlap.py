"""People that two rounds of a station share, and sums over the answers of those who responded in both.

People are matched by keyed fingerprints of name and telephone, or of name, village and year of birth; nobody's
contact data is opened. Cost: indexed joins and one pass over both frames; grows with the people on them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.queries import questionnaire_of
from app.draw.queries.stratum_names import plan_of_draw
from app.ledger.queries.rounds import shared_people
from app.models import Case, Draw, Recipient, Response, ServiceArea, Village
from app.results.queries.strata import bases
from sampling.frame import FramePerson, Last
from sampling.rule import Reading
from sampling.strata import MAIN, cell_of
from surveys.estimates import StratumOverlap

Value = Callable[[Response], int | None]


@dataclass(frozen=True)
class Overlap:
    """By figure (surveys.scoring.STATISTICS) the sums over people who answered it in both rounds, by stratum.

    `again` people were drawn in both rounds, `twice` of them answered in both.
    """

    again: int = 0
    twice: int = 0
    strata: Mapping[str, tuple[StratumOverlap, ...]] = field(default_factory=dict)


def overlap_of(session: Session, draw: Draw, previous: Draw) -> Overlap:
    """The overlap of two rounds in the rule's population; people whose stratum has changed are in no stratum."""
    drawn, drawn_before = (
        set(session.scalars(select(Case.recipient_id).where(Case.draw_id == each.id))) for each in (draw, previous)
    )
    pairs = _one_to_one(shared_people(session, draw.frame_id, previous.frame_id), drawn, drawn_before)
    strata, strata_before = strata_of_people(session, draw), strata_of_people(session, previous)
    same = {new: strata[new] for new, old in pairs.items() if new in strata and strata[new] == strata_before.get(old)}
    listed = Counter(same.values())
    answers, before = _answers(session, draw), _answers(session, previous)
    asked = [(new, old) for new, old in pairs.items() if new in answers and old in before]

    def sums(value: Value, value_before: Value) -> tuple[StratumOverlap, ...]:
        sums_of_stratum: dict[str, list[int]] = {stratum: [0, 0, 0, 0] for stratum in listed}
        for new, old in asked:
            x, y = value(answers[new]), value_before(before[old])
            if x is None or y is None or new not in same:
                continue
            entry = sums_of_stratum[same[new]]
            for place, addend in enumerate((1, x, y, x * y)):
                entry[place] += addend
        return tuple(
            StratumOverlap(stratum, listed[stratum], *entry) for stratum, entry in sorted(sums_of_stratum.items())
        )

    satisfied, satisfied_before = (
        _satisfied(questionnaire_of(each.evaluation).measures.satisfied) for each in (draw, previous)
    )
    return Overlap(
        again=sum(new in drawn and old in drawn_before for new, old in pairs.items()),
        twice=len(asked),
        strata={
            "satisfaction.mean": sums(_index, _index),
            "satisfaction.share": sums(satisfied, satisfied_before),
            "awareness.rate": sums(_aware, _aware),
        },
    )


def _one_to_one(pairs_of_people: Iterator[tuple[int, int]], drawn: set[int], drawn_before: set[int]) -> dict[int, int]:
    """Candidate pairs reduced to one-to-one matches: people drawn in both rounds first, then by frame order."""
    pairs: dict[int, int] = {}
    matched: set[int] = set()
    for new, old in sorted(
        set(pairs_of_people), key=lambda pair: (not (pair[0] in drawn and pair[1] in drawn_before), pair)
    ):
        if new not in pairs and old not in matched:
            pairs[new] = old
            matched.add(old)
    return pairs


def strata_of_people(session: Session, draw: Draw) -> dict[int, str]:
    """The stratum of everyone in the rule's population, by recipient id; empty for a first-format certificate."""
    if "plan" not in draw.certificate and not draw.is_coverage:
        return {}
    cell = cell_of(plan_of_draw(draw), Reading(draw.reading))
    main = {base.stratum for base in bases(session, draw) if base.part == MAIN}
    rows = session.execute(
        select(Recipient.id, Recipient.key, Village.code, ServiceArea.code, Recipient.categories, Recipient.last)
        .join(Village, Recipient.village_id == Village.id)
        .join(ServiceArea, Village.area_id == ServiceArea.id)
        .where(Recipient.frame_id == draw.frame_id)
    )
    strata = {}
    for number, key, village, area, categories, last in rows:
        place = cell(FramePerson(key, village, area, tuple(categories.split(",")) if categories else (), Last(last)))
        if place is not None and place[0] in main:
            strata[number] = place[0]
    return strata


def _answers(session: Session, draw: Draw) -> dict[int, Response]:
    rows = session.execute(
        select(Case.recipient_id, Response)
        .join(Case, Response.case_id == Case.id)
        .where(Case.draw_id == draw.id, Response.counted)
    )
    return {recipient: response for recipient, response in rows}


def _index(response: Response) -> int | None:
    return response.satisfaction_index if response.satisfaction_valid else None


def _aware(response: Response) -> int | None:
    return None if response.aware is None or not response.awareness_valid else int(response.aware)


def _satisfied(codes: frozenset[str]) -> Value:
    return lambda response: int(response.overall in codes) if response.satisfaction_valid else None
