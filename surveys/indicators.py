"""One person's satisfaction index and awareness, from their answers; and people counted in bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from sampling.text import Text
from surveys.questionnaire import Measures, Questionnaire
from surveys.rounding import half_up

INDEX_PLACES = 4
# Why a response is invalid that was erased because consent was withdrawn.
WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Indicators:
    """What one set of answers says.

    `index` is the satisfaction index, 0-100 with four places, or None when fewer items were answered than the
    questionnaire asks or the overall one is missing. `overall` is the code of the overall item, or None when it does
    not count. A fact is None when it was not answered; `aware` when fewer facts were answered than the questionnaire
    asks. `staff_present` and `coached` are None when nobody could or would say.

    `valid` is what counts as an interview: satisfaction measured, or awareness alone of someone who says the station
    never served them. `invalid_reason` is "no-consent", "overall-missing", "too-few-items", or "too-few-facts" (of
    someone never served), and None when valid.
    """

    consented: bool
    never_served: bool
    index: Decimal | None
    items_answered: int
    overall: str | None
    direct: int | None
    facts: dict[str, bool | None]
    facts_known: int
    facts_answered: int
    aware: bool | None
    proxy: bool
    proxy_relation: str | None
    proxy_reason: str | None
    staff_present: bool | None
    coached: bool | None
    valid: bool
    invalid_reason: str | None

    @property
    def valid_satisfaction(self) -> bool:
        """Whether this person is in the base of the satisfaction figures."""
        return self.consented and self.index is not None

    @property
    def valid_awareness(self) -> bool:
        """Whether this person is in the base of the awareness figures."""
        return self.consented and self.aware is not None


def measure(questionnaire: Questionnaire, answers: Mapping[str, Any], *, unaided_only: bool = False) -> Indicators:
    """The figures of one person from checked answers; with `unaided_only`, facts known after a prompt do not count.

    What somebody claims to know on the web is never unaided, so under `unaided_only` web answers know nothing.
    """
    rules = questionnaire.measures
    consented = answers.get(rules.consent[0]) == rules.consent[1]
    never_served = consented and answers.get(rules.never_served[0]) == rules.never_served[1]
    index, items = (None, 0) if never_served or not consented else _index(questionnaire, answers)
    facts, aware = _awareness(rules, answers, rules.known_unaided if unaided_only else rules.known)
    overall = _scored_code(questionnaire, rules.overall, answers)
    direct = answers.get(rules.direct) if rules.direct else None
    proxy = answers.get(rules.proxy[0]) in rules.proxy[1]
    reason = _invalid(consented, never_served, aware, overall, index)
    return Indicators(
        consented=consented,
        never_served=never_served,
        index=index,
        items_answered=items,
        overall=overall,
        direct=direct if isinstance(direct, int) else None,
        facts=facts,
        facts_known=sum(known is True for known in facts.values()),
        facts_answered=sum(known is not None for known in facts.values()),
        aware=aware,
        proxy=proxy,
        proxy_relation=answers.get(rules.proxy_relation) if proxy and rules.proxy_relation else None,
        proxy_reason=answers.get(rules.proxy_reason) if proxy and rules.proxy_reason else None,
        staff_present=_flag(questionnaire, answers, rules.staff_present),
        coached=_flag(questionnaire, answers, rules.coached),
        valid=reason is None,
        invalid_reason=reason,
    )


def _invalid(
    consented: bool, never_served: bool, aware: bool | None, overall: str | None, index: Decimal | None
) -> str | None:
    if not consented:
        return "no-consent"
    if never_served:
        return "too-few-facts" if aware is None else None
    if overall is None:
        return "overall-missing"
    return "too-few-items" if index is None else None


def _awareness(
    rules: Measures, answers: Mapping[str, Any], known_codes: frozenset[str]
) -> tuple[dict[str, bool | None], bool | None]:
    facts = {fact: _known(answers.get(name), known_codes, rules.not_answered) for fact, name in rules.facts.items()}
    if sum(known is not None for known in facts.values()) < rules.minimum_facts:
        return facts, None
    return facts, sum(known is True for known in facts.values()) >= rules.aware_at


def _index(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> tuple[Decimal | None, int]:
    rules = questionnaire.measures
    total, weights, items = 0, 0, 0
    for name, weight in rules.items.items():
        score = _score(questionnaire, name, answers)
        if score is not None:
            total, weights, items = total + weight * score, weights + weight, items + 1
    if items < rules.minimum_items or _scored_code(questionnaire, rules.overall, answers) is None:
        return None, items
    return half_up(Fraction(total, weights), INDEX_PLACES), items


def _score(questionnaire: Questionnaire, name: str, answers: Mapping[str, Any]) -> int | None:
    answer = answers.get(name)
    return next((o.score for o in questionnaire.question(name).options if o.code == answer), None)


def _scored_code(questionnaire: Questionnaire, name: str, answers: Mapping[str, Any]) -> str | None:
    return answers[name] if _score(questionnaire, name, answers) is not None else None


def _known(answer: object, known_codes: frozenset[str], not_answered: frozenset[str]) -> bool | None:
    if not isinstance(answer, str) or answer in not_answered:
        return None
    return answer in known_codes


def _flag(questionnaire: Questionnaire, answers: Mapping[str, Any], rule: tuple[str, str]) -> bool | None:
    """Whether the answer is the code of the rule; None without an answer or for an excluded one ("not sure")."""
    answer = answers.get(rule[0])
    silent = {option.code for option in questionnaire.question(rule[0]).options if option.excluded}
    return None if answer is None or answer in silent else answer == rule[1]


@dataclass(frozen=True)
class Band:
    """Indices from `low` (included) to `high` (excluded; None: no upper end)."""

    low: Decimal
    high: Decimal | None


@dataclass(frozen=True)
class BandCount:
    """How many people fall into a band, and the lowest and highest index among them."""

    band: Band
    count: int
    lowest: Decimal | None = None
    highest: Decimal | None = None


DEFAULT_EDGES = (Decimal(95), Decimal(85), Decimal(75), Decimal(60), Decimal(0))


def bands(edges: Sequence[Decimal] = DEFAULT_EDGES) -> tuple[Band, ...]:
    """Bands from falling lower edges, the best first: ≥95, 85-95, 75-85, 60-75, <60.

    Raises ValueError unless the edges fall strictly from at most 100 to 0, so that every index has exactly one band.
    """
    falling = all(upper > lower for upper, lower in pairwise(edges))
    if not edges or not falling or edges[-1] != 0 or edges[0] > 100:
        raise ValueError("band edges must fall strictly from at most 100 to 0")
    uppers = (None, *edges[:-1])
    return tuple(Band(low, high) for low, high in zip(edges, uppers, strict=True))


def band_of(index: Decimal, edges: Sequence[Decimal] = DEFAULT_EDGES) -> Band:
    """The band of an index: a lower edge belongs to the band above it.

    >>> band_of(Decimal("95")).low, band_of(Decimal("94.9999")).low
    (Decimal('95'), Decimal('85'))
    """
    return next(band for band in bands(edges) if index >= band.low)


def report_sentence(counts: Sequence[BandCount]) -> Text:
    """The sentence of the published report, from bands with the best first; it names the worst first.

    A band whose people all share one index is named by that index, as the source did (「1 人满意度 65%」); any other
    by its lower edge (「13 人满意度 85%以上」), the lowest by its upper one (「2 人满意度低于 60%」).
    """
    total = sum(entry.count for entry in counts)
    if total == 0:
        return Text("暂无结果。", "No result yet.")
    parts = [_band_words(entry) for entry in reversed(counts) if entry.count]
    zh, en = "，".join(part.zh for part in parts), "; ".join(part.en for part in parts)
    people = "1 person was" if total == 1 else f"{total} people were"
    return Text(f"共 {total} 人接受调查评价，{zh}。", f"{people} surveyed: {en}.")


def _band_words(entry: BandCount) -> Text:
    low, high = entry.band.low, entry.band.high
    people = f"{entry.count} with a satisfaction of"
    if entry.lowest is not None and entry.lowest == entry.highest:
        return Text(f"{entry.count} 人满意度 {plain(entry.lowest)}%", f"{people} {plain(entry.lowest)}%")
    if low == 0 and high is not None:
        return Text(f"{entry.count} 人满意度低于 {plain(high)}%", f"{people} less than {plain(high)}%")
    return Text(f"{entry.count} 人满意度 {plain(low)}%以上", f"{people} {plain(low)}% or more")


def plain(value: Decimal) -> str:
    """A decimal with at most two places and without trailing zeros.

    >>> plain(Decimal("65.0000")), plain(Decimal("88.5714")), plain(Decimal("100"))
    ('65', '88.57', '100')
    """
    return format(half_up(value, 2), "f").rstrip("0").rstrip(".")
