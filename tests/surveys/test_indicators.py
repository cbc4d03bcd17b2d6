"""One person's index and awareness, and people counted in bands."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.indicators import DEFAULT_EDGES, Band, BandCount, Indicators, band_of, bands, measure, report_sentence
from surveys.questionnaire import load, parse
from tests.surveys.questionnaire.builders import a_document

RECIPIENT = load("recipient", 1)
SERVED = {"C1": "1", "C2": "1", "S1": "1", "S3": "1", "S6": "2", "D3": "2"}


def items(codes: str) -> dict[str, str]:
    """Answers to B1-B8 from one code each; a dot is a question left out."""
    return {f"B{number}": code for number, code in enumerate(codes, start=1) if code != "."}


def facts(codes: str) -> dict[str, str]:
    return {f"A{number}": code for number, code in enumerate(codes, start=1) if code != "."}


def measured(more: dict[str, str] | None = None, **answers: object) -> Indicators:
    return measure(RECIPIENT, {**SERVED, **(more or {}), **answers})


@pytest.mark.parametrize(
    ("codes", "index"),
    [
        ("55555555", "100.0000"),
        ("54544745", "88.5714"),
        ("33233423", "55.0000"),
        ("44444444", "80.0000"),
        ("11111111", "0.0000"),
        ("5...5...", None),
        ("4444...4", "80.0000"),
        ("444....4", None),
        ("4444444.", None),
        ("44444448", None),
        ("44488994", None),
        ("44448994", "80.0000"),
    ],
)
def test_the_index_is_the_mean_of_the_answered_items(codes: str, index: str | None) -> None:
    assert measured(items(codes)).index == (None if index is None else Decimal(index))


def test_items_count_with_their_weights() -> None:
    document = a_document()
    document["measures"]["satisfaction"]["items"] = {"B1": 1, "B8": 2}
    assert measure(parse(document), {"C1": "1", "B1": "1", "B8": "5"}).index == Decimal("66.6667")


@settings(max_examples=100)
@given(st.text(alphabet="54321789.", min_size=8, max_size=8))
def test_the_index_is_exact_and_rounded_once(codes: str) -> None:
    scores = [{"5": 100, "4": 80, "3": 60, "2": 30, "1": 0}[code] for code in codes if code in "54321"]
    indicators = measured(items(codes))
    assert indicators.items_answered == len(scores)
    assert (indicators.index is not None) is (len(scores) >= 5 and codes[7] in "54321") is indicators.valid_satisfaction
    if indicators.index is not None:
        assert abs(Fraction(indicators.index) - Fraction(sum(scores), len(scores))) <= Fraction(1, 20_000)
        assert indicators.index.as_tuple().exponent == -4


@pytest.mark.parametrize(
    ("codes", "aware", "unaided"),
    [
        ("12414", True, False),
        ("11144", True, True),
        ("11444", False, False),
        ("12419", True, False),
        ("114.9", None, None),
        ("11199", None, None),
        ("33334", False, False),
        ("55544", True, False),
    ],
)
def test_three_facts_of_at_least_four_answered_make_a_person_aware(
    codes: str, aware: bool | None, unaided: bool | None
) -> None:
    answers = {**SERVED, **facts(codes)}
    assert measure(RECIPIENT, answers).aware is aware
    assert measure(RECIPIENT, answers, unaided_only=True).aware is unaided
    assert measure(RECIPIENT, answers).valid_awareness is (aware is not None)


def test_each_fact_is_known_or_not_or_not_answered() -> None:
    indicators = measured(facts("124.9"))
    assert indicators.facts == {"address": True, "services": True, "staff": False, "help": None, "funding": None}
    assert (indicators.facts_known, indicators.facts_answered) == (2, 3)


@pytest.mark.parametrize(
    ("answers", "valid", "satisfaction", "awareness", "reason"),
    [
        ({**items("55555555"), **facts("11111")}, True, True, True, None),
        (items("55555555"), True, True, False, None),
        (facts("11111"), False, False, True, "overall-missing"),
        ({**items("5......5"), **facts("11111")}, False, False, True, "too-few-items"),
        ({"S3": "2", **facts("11111")}, True, False, True, None),
        ({"S3": "2", **facts("111..")}, False, False, False, "too-few-facts"),
        ({"S3": "2", **items("55555555"), **facts("44444")}, True, False, True, None),
        ({"C1": "3"}, False, False, False, "no-consent"),
        ({"C1": "3", **items("55555555"), **facts("11111")}, False, False, False, "no-consent"),
    ],
)
def test_the_two_bases_are_apart_and_an_invalid_interview_says_why(
    answers: dict[str, str], valid: bool, satisfaction: bool, awareness: bool, reason: str | None
) -> None:
    figures = measured(answers)
    assert (figures.valid, figures.valid_satisfaction, figures.valid_awareness) == (
        valid,
        satisfaction,
        awareness,
    )
    assert figures.invalid_reason == reason


def test_no_answers_at_all_are_no_interview() -> None:
    indicators = measure(RECIPIENT, {})
    assert (indicators.consented, indicators.valid, indicators.index, indicators.aware) == (False, False, None, None)
    assert (indicators.staff_present, indicators.coached, indicators.direct) == (None, None, None)


def test_the_overall_code_and_the_points_are_kept_apart_from_the_index() -> None:
    indicators = measured(items("55555554"), B9=96)
    assert (indicators.overall, indicators.direct) == ("4", 96)
    assert measured(items("55555558")).overall is None


def test_a_proxy_comes_with_relation_and_reason() -> None:
    indicators = measured(S1="2", S2="3", S2R="1")
    assert (indicators.proxy, indicators.proxy_relation, indicators.proxy_reason) == (True, "3", "1")
    own = measured(S1="1")
    assert (own.proxy, own.proxy_relation, own.proxy_reason) == (False, None, None)


@pytest.mark.parametrize(("code", "present"), [("1", True), ("2", False), ("3", None)])
def test_staff_were_there_or_not_or_nobody_knows(code: str, present: bool | None) -> None:
    assert measured(S6=code).staff_present is present


@pytest.mark.parametrize(("code", "coached"), [("1", True), ("2", False), ("9", None)])
def test_coached_or_not_or_not_said(code: str, coached: bool | None) -> None:
    assert measured(D3=code).coached is coached


# Bands


@pytest.mark.parametrize(
    ("index", "low", "high"),
    [
        ("100", "95", None),
        ("95", "95", None),
        ("94.9999", "85", "95"),
        ("85", "85", "95"),
        ("84.9999", "75", "85"),
        ("60", "60", "75"),
        ("59.9999", "0", "60"),
        ("0", "0", "60"),
    ],
)
def test_a_lower_edge_belongs_to_the_band_above(index: str, low: str, high: str | None) -> None:
    assert band_of(Decimal(index)) == Band(Decimal(low), None if high is None else Decimal(high))


@pytest.mark.parametrize("edges", [(), (95, 85), (95, 95, 0), (60, 95, 0), (101, 0), (50, 0, -1)])
def test_edges_that_leave_somebody_out_are_refused(edges: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="fall strictly"):
        bands([Decimal(edge) for edge in edges])


@settings(max_examples=80)
@given(
    st.sets(st.integers(1, 100), max_size=6),
    st.decimals(min_value=0, max_value=100, places=4, allow_nan=False),
)
def test_every_index_has_exactly_one_band(inner: set[int], index: Decimal) -> None:
    edges = [Decimal(edge) for edge in (*sorted(inner, reverse=True), 0)]
    inside = [band for band in bands(edges) if index >= band.low and (band.high is None or index < band.high)]
    assert inside == [band_of(index, edges)]


# The sentence


def counted(*people: str, edges: tuple[Decimal, ...] = DEFAULT_EDGES) -> list[BandCount]:
    """People counted in bands as the results do it."""
    counts = []
    for band in bands(edges):
        inside = [Decimal(index) for index in people if band_of(Decimal(index), edges) == band]
        counts.append(BandCount(band, len(inside), min(inside, default=None), max(inside, default=None)))
    return counts


def test_the_sentence_of_the_published_report_comes_from_its_data() -> None:
    people = ["65"] + ["86.25", "92.5", "94.2857"] * 4 + ["85"] + ["95", "97.5", "100"] * 36 + ["100"] * 2
    assert report_sentence(counted(*people)).zh == (
        "共 124 人接受调查评价，1 人满意度 65%，13 人满意度 85%以上，110 人满意度 95%以上。"
    )


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        ((), "暂无结果。"),
        (("100",), "共 1 人接受调查评价，1 人满意度 100%。"),
        (("65.0000", "65"), "共 2 人接受调查评价，2 人满意度 65%。"),
        (("65", "70"), "共 2 人接受调查评价，2 人满意度 60%以上。"),
        (("10", "20", "96", "97"), "共 4 人接受调查评价，2 人满意度低于 60%，2 人满意度 95%以上。"),
        (("0", "88.5714"), "共 2 人接受调查评价，1 人满意度 0%，1 人满意度 88.57%。"),
    ],
)
def test_a_band_is_named_by_its_one_value_or_by_its_edge(people: tuple[str, ...], sentence: str) -> None:
    assert report_sentence(counted(*people)).zh == sentence


def test_other_bands_make_another_sentence() -> None:
    edges = (Decimal(90), Decimal("72.5"), Decimal(0))
    sentence = report_sentence(counted("91", "92", "73", "89", "1", "2", edges=edges)).zh
    assert sentence == "共 6 人接受调查评价，2 人满意度低于 72.5%，2 人满意度 72.5%以上，2 人满意度 90%以上。"


def test_without_lowest_and_highest_a_band_is_named_by_its_edge() -> None:
    counts = [BandCount(band, number) for band, number in zip(bands(), (3, 0, 0, 0, 1), strict=True)]
    assert report_sentence(counts).zh == "共 4 人接受调查评价，1 人满意度低于 60%，3 人满意度 95%以上。"
