"""The score: Shibi's sheet to the last digit, grades at their bounds, nothing given while something is missing."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.scoring import Scheme, ScoreInputError, Statistic, score
from tests.surveys.scoring.builders import (
    AREAS,
    a_document,
    a_scheme,
    a_sheet,
    an_evidence,
    chinese,
    shibi_scores,
    some_facts,
)

TABLE = [
    ("服务监测", "10", "8.6", "8.6"),
    ("服务成效", "15", "10.6", "10.6"),
    ("运营管理", "10", "9.4", "9.4"),
    ("服务质量", "20", "16.3, 16.8, 17.6", "16.9"),
    ("购买方评价", "20", "19.8", "19.8"),
    ("督导中心评价", "15", "13", "13"),
    ("监督方评价", "10", "9.3", "9.3"),
]


def test_shibi_s_sheet_is_reproduced_exactly() -> None:
    sheet = a_sheet()
    rows = [
        (line.name, str(line.maximum), ", ".join(str(points) for _, points in line.given), str(line.counted))
        for line in sheet.lines
    ]
    assert rows == TABLE
    assert str(sheet.total) == "87.6"
    assert (sheet.grade, sheet.grade_code, sheet.grade_en) == ("良好", "good", "Good")
    assert sheet.missing == ()
    assert sheet.disqualified == ()
    assert sheet.grade_reason.zh == "总分 87.6，80 分以上、不到 90 分为良好；没有不合格情形"


def test_the_parties_share_the_hundred_as_the_source_says() -> None:
    shares = {s.code: (str(s.maximum), str(s.counted)) for s in a_sheet().subtotals}
    assert shares == {
        "third_party": ("55", "45.5"),
        "purchaser": ("20", "19.8"),
        "supervision": ("15", "13"),
        "monitor": ("10", "9.3"),
    }


def test_every_line_says_how_its_points_came_about() -> None:
    reasons = {line.code: line.reason.zh for line in a_sheet().lines}
    assert reasons["monitoring"] == "第三方评估机构给 8.6 分"
    assert reasons["quality"] == "片区一 16.3、片区二 16.8、片区三 17.6；平均分 (16.3 + 16.8 + 17.6) ÷ 3 = 16.9"


def test_a_mean_over_areas_is_rounded_half_up_once_and_says_so() -> None:
    scores = shibi_scores() | {("quality", "area1"): Decimal("16.35"), ("quality", "area2"): Decimal("16.90")}
    line = next(line for line in a_sheet(scores).lines if line.code == "quality")
    assert str(line.counted) == "17"
    assert line.reason.zh.endswith("÷ 3 = 16.95，四舍五入为 17")


def test_the_mean_is_over_the_areas_the_station_has() -> None:
    scores = {key: points for key, points in shibi_scores().items() if key[1] != "area3"}
    sheet = score(
        an_evidence(), {}, scores, areas=AREAS[:2], station_facts=some_facts(), stage="midterm", scheme=a_scheme()
    )
    line = next(line for line in sheet.lines if line.code == "quality")
    assert str(line.counted) == "16.6"
    assert line.reason.zh.endswith("(16.3 + 16.8) ÷ 2 = 16.55，四舍五入为 16.6")


def test_points_with_more_places_than_the_sheet_are_rounded_half_up_and_said() -> None:
    line = next(line for line in a_sheet(shibi_scores(purchaser_score="19.75")).lines if line.party == "purchaser")
    assert (str(line.given[0][1]), str(line.counted)) == ("19.75", "19.8")
    assert line.reason.zh == "购买方（街道办事处）给 19.75 分，四舍五入为 19.8"


def test_as_json_numbers_are_texts_and_the_sheet_is_whole() -> None:
    printed = json.loads(json.dumps(a_sheet().to_dict(), ensure_ascii=False))
    assert (printed["total"], printed["grade"], printed["grade_code"]) == ("87.6", "良好", "good")
    assert [(i["maximum"], i["counted"]) for i in printed["items"]] == [(row[1], row[3]) for row in TABLE]
    assert printed["items"][0]["given"] == "8.6"
    assert printed["items"][3]["given"] == [
        {"area": "area1", "given": "16.3"},
        {"area": "area2", "given": "16.8"},
        {"area": "area3", "given": "17.6"},
    ]
    assert all(item["reason"] for item in printed["items"])
    assert len(printed["conditions"]) == 8
    assert all(condition["reason"] for condition in printed["conditions"])
    assert printed["missing"] == printed["disqualified"] == []


# The bounds of the grades.


def totalling(total: str, scheme: Scheme) -> Any:
    """A sheet with that total: items are filled in turn."""
    remaining = Decimal(total)
    points: dict[str, str | None] = {}
    for item in (item for party in scheme.parties for item in party.items):
        points[item.code] = str(min(item.maximum, remaining))
        remaining -= min(item.maximum, remaining)
    return a_sheet(shibi_scores(**points), scheme=scheme)


@pytest.mark.parametrize(
    ("total", "grade"),
    [
        ("100", "优秀"),
        ("90", "优秀"),
        ("89.99", "良好"),
        ("80", "良好"),
        ("79.99", "合格"),
        ("60", "合格"),
        ("59.99", "不合格"),
        ("0", "不合格"),
    ],
)
def test_a_grade_begins_at_its_bound_and_the_sum_is_not_rounded(total: str, grade: str) -> None:
    sheet = totalling(total, a_scheme(id="to-the-hundredth", places=2))
    assert (str(sheet.total), sheet.grade) == (total, grade)


@pytest.mark.parametrize(("total", "grade"), [("90", "优秀"), ("89.9", "良好"), ("79.9", "合格"), ("59.9", "不合格")])
def test_the_bounds_hold_with_the_delivered_scheme(total: str, grade: str) -> None:
    sheet = totalling(total, a_scheme())
    assert (str(sheet.total), sheet.grade) == (total, grade)


def test_other_cities_bring_their_own_grades() -> None:
    grades = [
        {"code": "a", "name": {"zh": "甲", "en": "A"}, "from": "87.6"},
        {"code": "b", "name": {"zh": "乙", "en": "B"}, "from": "0"},
    ]
    assert a_sheet(scheme=a_scheme(grades=grades)).grade == "甲"
    assert a_sheet(shibi_scores(monitoring="8.5"), scheme=a_scheme(grades=grades)).grade == "乙"


# What is missing.


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("monitoring", "服务监测：第三方评估机构尚未打分"),
        ("purchaser_score", "购买方评价：购买方（街道办事处）尚未打分"),
        ("quality", "服务质量：片区一、片区二、片区三尚未打分"),
    ],
)
def test_a_missing_item_leaves_no_total_and_is_named(code: str, message: str) -> None:
    sheet = a_sheet(shibi_scores(**{code: None}))
    assert (sheet.total, sheet.grade, sheet.grade_code) == (None, None, None)
    assert chinese(sheet.missing) == (message,)
    assert sheet.grade_reason.zh == "评分还不完整"


def test_one_missing_area_is_named_and_the_others_are_kept() -> None:
    scores = {key: points for key, points in shibi_scores().items() if key != ("quality", "area2")}
    sheet = a_sheet(scores)
    line = next(line for line in sheet.lines if line.code == "quality")
    assert line.counted is None
    assert [area for area, _ in line.given] == ["area1", "area3"]
    assert chinese(sheet.missing) == ("服务质量：片区二尚未打分",)
    third_party = next(s for s in sheet.subtotals if s.code == "third_party")
    assert third_party.counted is None


def test_a_condition_nobody_has_stated_leaves_the_total_and_withholds_the_grade() -> None:
    sheet = a_sheet(facts=some_facts(financial=None))
    assert str(sheet.total) == "87.6"
    assert sheet.grade is None
    assert chinese(sheet.missing) == ("财务评估结果为不合格：尚未认定",)
    assert "暂不定等级" in sheet.grade_reason.zh


def test_a_station_without_areas_has_no_mean_rather_than_a_crash() -> None:
    scores = {key: points for key, points in shibi_scores().items() if key[1] is None}
    sheet = score(an_evidence(), {}, scores, areas=(), station_facts=some_facts(), stage="midterm", scheme=a_scheme())
    assert chinese(sheet.missing) == ("服务质量：各片区尚未打分",)


# What is refused.


@pytest.mark.parametrize("points", ["10.01", "-0.01", "NaN", "Infinity", "-Infinity"])
def test_points_outside_their_range_are_refused_by_name(points: str) -> None:
    with pytest.raises(ScoreInputError, match="服务监测"):
        a_sheet(shibi_scores(monitoring=points))


@pytest.mark.parametrize(
    "key",
    [
        ("unknown", None),
        ("monitoring", "area1"),
        ("quality", None),
        ("quality", "area9"),
        ("satisfaction_points", None),
    ],
)
def test_points_for_what_the_scheme_does_not_have_are_refused(key: tuple[str, str | None]) -> None:
    with pytest.raises(ScoreInputError, match=key[0]):
        a_sheet(shibi_scores() | {key: Decimal(1)})


def test_an_unknown_stage_is_refused() -> None:
    with pytest.raises(ScoreInputError):
        a_sheet(stage="yearly")


def test_areas_that_share_a_code_are_refused() -> None:
    with pytest.raises(ScoreInputError):
        score(
            an_evidence(),
            {},
            shibi_scores(),
            areas=(*AREAS, AREAS[0]),
            station_facts=some_facts(),
            stage="midterm",
            scheme=a_scheme(),
        )


def test_without_evidence_there_is_no_score() -> None:
    for pretended in (None, {"digest": "0" * 64}, object()):
        with pytest.raises(TypeError):
            score(
                pretended,  # type: ignore[arg-type]
                {},
                shibi_scores(),
                areas=AREAS,
                station_facts=some_facts(),
                stage="midterm",
                scheme=a_scheme(),
            )


# The item that a rule computes.


def test_the_comparison_item_shows_its_points_and_does_not_count() -> None:
    sheet = a_sheet()
    (line,) = sheet.comparison
    assert (str(line.maximum), str(line.counted)) == ("5", "5")
    assert line.reason.zh == (
        "满意度指数（均值） 97.15 分（124 人，有效答卷）；达到 95 一档，得 5 分。对照项，不计入总分"
    )
    assert a_sheet(statistics={}).total == sheet.total


def test_a_comparison_without_a_figure_says_so_and_holds_up_nothing() -> None:
    sheet = a_sheet(statistics={"satisfaction.mean": None})
    assert sheet.comparison[0].counted is None
    assert "暂无结果" in sheet.comparison[0].reason.zh
    assert sheet.grade == "良好"


def with_computed_item() -> Scheme:
    """A scheme in which five of the purchaser's points are computed from awareness."""
    document = a_document()
    purchaser = document["parties"][1]
    purchaser["items"][0]["maximum"] = "15"
    purchaser["items"].append(
        {
            "code": "awareness_points",
            "name": {"zh": "知晓度", "en": "Awareness"},
            "maximum": "5",
            "kind": "computed",
            "statistic": "awareness.rate",
            "rule": {"kind": "linear", "points": [["50", "0"], ["90", "5"]]},
        }
    )
    return a_scheme(parties=document["parties"])


def test_a_computed_item_counts_and_is_missing_without_its_statistic() -> None:
    scores = shibi_scores(purchaser_score="15")
    awareness = Statistic("awareness.rate", Decimal("72.58"), 124, "至少答了四项的人", "分层加权")
    sheet = a_sheet(scores, scheme=with_computed_item(), statistics={"awareness.rate": awareness})
    line = next(line for line in sheet.lines if line.code == "awareness_points")
    assert str(line.counted) == "2.8"
    assert "在 50（0 分）与 90（5 分）之间按比例，得 2.8225 分，四舍五入为 2.8" in line.reason.zh
    assert str(sheet.total) == "85.6"
    unknown = a_sheet(scores, scheme=with_computed_item(), statistics={"awareness.rate": None})
    assert chinese(unknown.missing) == ("知晓度：有效知晓率暂无结果",)
    assert unknown.total is None


@pytest.mark.parametrize(("value", "n"), [("100.01", 124), ("-1", 124), ("NaN", 124), ("90", 0)])
def test_a_statistic_that_cannot_be_is_refused(value: str, n: int) -> None:
    wrong = Statistic("satisfaction.mean", Decimal(value), n, "", "")
    with pytest.raises(ScoreInputError, match="满意度指数"):
        a_sheet(statistics={"satisfaction.mean": wrong})


# The digest of what went in.


def test_equal_inputs_have_equal_digests_however_the_numbers_are_written() -> None:
    rewritten = {key: Decimal(f"{points:.2f}") for key, points in reversed(shibi_scores().items())}
    assert a_sheet(rewritten).digest == a_sheet().digest


def test_every_input_changes_the_digest() -> None:
    changed = Statistic("satisfaction.mean", Decimal("97.16"), 124, "有效答卷", "分层加权")
    digests = {
        a_sheet().digest,
        a_sheet(shibi_scores(monitoring="8.7")).digest,
        a_sheet(facts=some_facts({"staff_present": "133"})).digest,
        a_sheet(facts=some_facts(financial=None)).digest,
        a_sheet(stage="final").digest,
        a_sheet(scheme=a_scheme(version=2)).digest,
        a_sheet(statistics={"satisfaction.mean": changed}).digest,
        a_sheet(statistics={"satisfaction.mean": None}).digest,
        a_sheet(evidence=an_evidence(people=41)).digest,
    }
    assert len(digests) == 9


@settings(max_examples=60)
@given(st.data())
def test_the_total_is_the_sum_of_the_printed_points_and_never_above_a_hundred(data: st.DataObject) -> None:
    scheme = a_scheme()
    maxima = {item.code: item.maximum for party in scheme.parties for item in party.items}
    scores = {key: Decimal(data.draw(st.integers(0, int(maxima[key[0]] * 100)))).scaleb(-2) for key in shibi_scores()}
    sheet = a_sheet(scores)
    printed = [Decimal(item["counted"]) for item in sheet.to_dict()["items"]]
    assert sheet.total == sum(printed)
    assert all(line.counted is not None and 0 <= line.counted <= line.maximum for line in sheet.lines)
    assert sheet.grade in {grade.name for grade in scheme.grades}
